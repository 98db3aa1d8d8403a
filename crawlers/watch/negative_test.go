package watch_test

import (
	"fmt"
	"strings"
)

// negative is a post that is about no French public body: a business, a person,
// a place abroad, a thing that has the name of a commune.
func (c *corpus) negative() sample {
	x := c.town()
	n := c.spell(x.Name)
	s := sample{style: "negative"}
	set := func(style, title, website, country string) sample {
		s.style, s.title, s.website, s.country = style, title, website, country
		return s
	}
	switch c.rng.IntN(24) {
	case 0:
		return set("hotel", pick(c, "Hôtel ", "Hotel ", "HOTEL DE ", "Grand Hôtel de ", "Hôtel de la Gare ")+n, pick(c, "", "hotel-"+hyphens(x.Name)+".fr"), pick(c, "FR", ""))
	case 1:
		return set("business", pick(c, "Transports ", "Garage ", "Boulangerie ", "Groupe ", "Pharmacie de ", "Clinique de ", "Menuiserie ", "Ambulances ", "Taxis de ", "Cabinet ")+n, "", "FR")
	case 2:
		return set("business", n+pick(c, " SAS", " SARL", " Immobilier", " Distribution", " Industries", " Automobiles", " Logistique", " Conseil & Associés", " Holding", " Traiteur", " Plastiques", " Aménagement"), hyphens(x.Name)+pick(c, "-immobilier.fr", "-auto.com", "-group.com", "sas.fr", "-traiteur.fr"), pick(c, "FR", ""))
	case 3:
		return set("wine", pick(c, "Château ", "Domaine de ", "Vignobles ", "Cave de ", "Cave coopérative de ", "Les Vignerons de ", "Champagne ", "Cognac ")+n, "", "FR")
	case 4:
		return set("person", pick(c, "Jean ", "Marie ", "Dr. Sophie ", "Me Paul ", "Cabinet Maître ")+pick(c, strings.Fields(blank(x.Name))[0], n), "", pick(c, "FR", ""))
	case 5:
		return set("abroad", pick(c, "City of ", "Town of ", "Village of ")+plain(x.Name), "https://www."+oneWord(x.Name)+pick(c, ".gov", "-tx.gov", ".ca", ".org"), pick(c, "US", "CA", "GB"))
	case 6:
		return set("abroad", plain(x.Name)+pick(c, ", Texas", " County", ", Ohio", ", Quebec, Canada", " (Belgium)", ", Switzerland", " Inc.", " LLC", " GmbH", " Ltd"), "", "")
	case 7:
		return set("abroad", pick(c, "Ville de ", "Commune de ", "Mairie de ")+n, "www."+oneWord(x.Name)+pick(c, ".be", ".ch", ".lu", ".ca", ".qc.ca", ".ma", ".tn", ".ci"), "")
	case 8:
		return set("abroad", pick(c, "City of Vienna", "University of Vienna", "City of London", "Nice Systems", "City of Florence", "Ville de Montréal", "Ville de Québec", "Ville de Bruxelles",
			"Commune de Lausanne", "Ville de Genève", "City of Laval, Quebec", "City of Valencia", "City of Brest, Belarus", "Municipality of Lens, Switzerland", "Paris, Texas", "Orange County",
			"City of Orange", "Town of Marseilles, Illinois", "Versailles, Kentucky", "Lafayette Parish", "Bordeaux Index", "Toulouse Street Hotel New Orleans", "Cannes Lions", "University of Lyon College Arkansas",
			"Ville de Sion, Suisse", "Hôpital de Sion, Valais", "Commune de Mons", "Hôpital de Jolimont Belgique", "University of Orleans, Massachusetts", "La Rochelle, Haïti"), "", "")
	case 9:
		return set("brand", pick(c, "Orange", "Vittel", "Lacoste", "Évian", "Saint-Gobain", "Saint Laurent", "Baccarat", "Gap Inc", "Volvic", "La Roche-Posay", "Laguiole", "Camembert", "Roquefort Société", "Saint-Marc", "Bonduelle",
			"Chablis", "Moutarde de Dijon Maille", "Vichy Laboratoires", "Montblanc", "Limoges Porcelaine", "Longchamp", "Lancel", "Cluny", "Contrexéville", "Le Creuset", "Marseille Olympique"), "", pick(c, "FR", "", "US"))
	case 10:
		return set("address", pick(c, "hotel-", "camping-", "garage-", "cave-", "golf-", "ot-resto-", "immobilier-", "avocats-", "taxi-", "pizzeria-", "clinique-")+hyphens(x.Name)+pick(c, ".fr", ".com"), "", "")
	case 11:
		return set("address", oneWord(x.Name)+pick(c, "-groupe.com", "-invest.com", "auto.fr", "-notaires.fr", "-transports.fr", "-expertise.fr", "steel.com", "-labs.io", "-avocats.com", "-energie.fr"), "", "")
	case 12:
		s.text = "Founded in " + fmt.Sprint(1950+c.rng.IntN(70)) + ", the company has its headquarters in " + x.Name + ", France, and offices in Paris, Lyon and Toulouse. Customers: mairie de Bordeaux, CHU de Lille, ministère de la Justice."
		return set("customers", pick(c, "Delta", "Novalys", "Exotec", "Brunel", "Atlas")+pick(c, " Ingénierie", " Group", " Software", " SAS", " Consulting"), "", "FR")
	case 13:
		s.text = "The firm is located at 12 rue de la Mairie, " + first(x.Postcodes, "75001") + " " + x.Name + ", France. Revenue: $12M. Phone and passports of employees."
		return set("located", pick(c, "Ets ", "Société ", "Compagnie ")+pick(c, "Morel", "Garnier", "Lambert Frères", "Petit & Fils"), "", "FR")
	case 14:
		return set("company", pick(c, "Acme Industrial", "Northwind Traders", "Contoso Pharma", "Blue Harbor Logistics", "Kaiser & Söhne", "Tanaka Kogyo", "Rossi Costruzioni", "Grupo Hernández", "Van den Berg", "Al Noor Trading"), "", "")
	case 15:
		return set("word", pick(c, "Vélines", "Gap", "Die", "Sens", "Lens", "Pau", "Bray", "Bar", "Us", "Y", "Ham", "Bon", "Sauve", "Rue", "Avis", "Brie", "Condom", "Chelles", "Sète", "Angers", "Tours", "Vire", "Dole", "Lure", "Nice", "Vienne")+
			pick(c, " data", " leak", "", " Company", " & Co", " Partners", " Solutions"), "", pick(c, "", "US", "GB"))
	case 16:
		return set("sport", pick(c, "FC ", "AS ", "Stade ", "Racing Club de ", "Tennis Club ", "Judo Club ", "Golf de ", "Rugby Club ", "Aéroclub de ")+n, "", "FR")
	case 17:
		return set("private school", pick(c, "Auto-école de ", "École de conduite de ", "École de ski de ", "Kaplan University ", "École de danse ")+n, "", pick(c, "FR", ""))
	case 18:
		return set("abroad body", pick(c, "Hôpital de ", "Université de ", "Lycée de ", "Ministère de la Justice de ", "Préfecture de ", "Mairie de ")+pick(c, "Casablanca", "Dakar", "Libreville", "Rabat", "Lausanne", "Liège", "Bamako", "Yaoundé", "Beyrouth", "Moncton"), "", pick(c, "", "MA", "SN"))
	case 19:
		return set("abroad body", pick(c, "Ministry of Justice", "Ministry of Education", "Ministry of Defence of India", "Ministry of Health Malaysia", "National Police of Colombia", "University of Oxford", "Lyon College", "St. Denis Hospital, Ireland",
			"Department of Justice", "Senate of the Philippines", "Orleans County School District", "Regional Council of Murcia", "City Council", "Hospital General de Mexico", "Ministère de la Santé du Québec", "Police nationale du Rwanda"), "", "")
	case 20:
		return set("product", pick(c, "Saint-Nectaire ", "Savon de ", "Nougat de ", "Couteaux de ", "Jambon de ", "Porcelaine de ", "Cristal de ", "Dentelle de ")+n, "", "FR")
	case 21:
		return set("media", pick(c, "Radio ", "Le Journal de ", "Gazette de ", "Théâtre de ", "Casino de ", "Aéroport de ", "Gîtes de ", "Cinéma ", "Thermes de ")+n, "", "FR")
	case 22:
		return set("bare small", n, "", "")
	default:
		return set("file", pick(c, "backup_"+oneWord(x.Name)+".zip", "combo list FR 2M mail:pass", "Base de données clients e-commerce France 500k", "France phone numbers 30M", "FR IBAN leads", "French citizens database 2024", "CV France 120k",
			"Fichier entreprises Île-de-France", "Leads assurance PACA", "French doctors list", "fr shop prestashop dump", "stealer logs France"), "", pick(c, "", "FR"))
	}
}
