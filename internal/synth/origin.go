package synth

import (
	"time"

	"vigie/internal/france"
)

// origin is where a family's names come from. Every list is of names in
// common use; any combination is invented.
type origin struct {
	share       int // per thousand households of a town
	country     int // and of the country
	women, men  []string
	surnames    []string // well known ones; most families bear others
	starts      []string // beginnings of INSEE's names of that origin, in capitals
	ends        []string // and endings
	nationality string
	language    string
	births      []birthplace // abroad or overseas
	// Many of those born there have 1 January for a day that nobody wrote down.
	firstJanuary bool
}

type birthplace struct{ name, code string }

func (o *origin) given(sex string) []string {
	if sex == "F" {
		return o.women
	}
	return o.men
}

// origins begins with French statistics alone. Codes of births abroad are 99
// and INSEE's country code.
var origins = []origin{
	{share: 730, nationality: "Française", births: []birthplace{{"Bruxelles", "99131"}, {"Genève", "99140"}, {"Montréal", "99401"}}},
	{share: 95, country: 70, nationality: "Algérienne", firstJanuary: true, language: "ar",
		women: []string{"Fatima", "Khadija", "Yasmine", "Inès", "Nour", "Samira", "Leïla", "Amina", "Rania", "Soraya", "Djamila", "Meriem", "Hanane", "Fatima-Zohra", "Naïma"},
		men:   []string{"Mohamed", "Ahmed", "Karim", "Yacine", "Rachid", "Mehdi", "Sofiane", "Bilal", "Abdelkader", "Nassim", "Ilyès", "Hakim", "Abd-El-Kader", "Mohammed Amine", "Rayan"},
		surnames: []string{"Benali", "Bouzid", "El Amrani", "Ben Saïd", "Haddad", "Mansouri", "Belkacem", "Aït Ahmed", "Cherif", "El Idrissi", "Bensalem", "Zerrouki", "Hadj Ali", "Boukhari",
			"Slimani", "Ouali", "Trabelsi", "Ben Youssef", "Khelifi", "Benmoussa", "Belhadj", "Saïdi"},
		starts: []string{"BEN ", "BENS", "BENH", "BENK", "BENZ", "BENM", "BENY", "BOUZ", "BOUK", "BOUS", "BOUA", "EL ", "AIT ", "HADJ", "ABDEL", "ABDER", "KHE", "KHA", "ZERR", "OUL",
			"OUA", "DJE", "CHERK", "LAKH", "BELK", "BELH", "BELM", "BELA", "MEZI", "HAM", "TAH", "YAH", "GHE", "GHA", "MEK", "RAH", "SAAD", "ZOU", "FERH", "DJA"},
		births: []birthplace{{"Alger", "99352"}, {"Oran", "99352"}, {"Sétif", "99352"}, {"Casablanca", "99350"}, {"Oujda", "99350"}, {"Tunis", "99351"}, {"Sfax", "99351"}}},
	{share: 45, country: 22, nationality: "Portugaise", language: "pt",
		women:    []string{"Maria", "Ana", "Inês", "Catarina", "Sofia", "Conceição", "Beatriz", "Maria de Fátima"},
		men:      []string{"João", "José", "António", "Manuel", "Tiago", "Carlos", "Paulo", "Luís", "José Manuel"},
		surnames: []string{"da Silva", "Ferreira", "Pereira", "dos Santos", "Gonçalves", "Rodrigues", "Fernandes", "Gomes", "de Sousa", "Marques", "Ribeiro", "da Costa Pinto", "Alves Martins"},
		starts:   []string{"DA ", "DOS ", "DE AL", "DE OL", "DE CAR", "RODRIGU", "GONC", "FERNAND", "MARTINS", "TEIX", "CARVAL", "MAGAL"}, ends: []string{"EIRA", "EIRO", "INHO", "ALHO", "ARAES", "ANTES"},
		births: []birthplace{{"Porto", "99139"}, {"Braga", "99139"}, {"Lisboa", "99139"}}},
	{share: 30, country: 9, nationality: "Turque", firstJanuary: true, language: "tr",
		women:    []string{"Ayşe", "Fatma", "Elif", "Zeynep", "Emine", "Büşra", "Esra", "Gülsüm"},
		men:      []string{"Mehmet", "Mustafa", "Emre", "Yusuf", "Ömer", "Hüseyin", "Burak", "İbrahim"},
		surnames: []string{"Yılmaz", "Kaya", "Demir", "Şahin", "Çelik", "Öztürk", "Aydın", "Özdemir", "Arslan", "Doğan", "Kılıç"},
		starts:   []string{"YIL", "OZ", "KARA", "YAV", "ERD", "KILI", "SAHI", "AKS", "AKT", "AKY", "CELI", "KOC", "TURK", "GUNE", "BOZ", "DEMIR"}, ends: []string{"OGLU", "KAYA", "TURK", "DEMIR", "SLAN"},
		births: []birthplace{{"Istanbul", "99208"}, {"Kayseri", "99208"}, {"Ankara", "99208"}}},
	{share: 15, country: 4, nationality: "Vietnamienne", language: "vi",
		women:    []string{"Thi Hoa", "Thi Mai", "Linh", "Thi Ngoc Anh", "Huong", "Lan"},
		men:      []string{"Van Minh", "Quang", "Duc", "Van Hung", "Tuan", "Minh Khoa"},
		surnames: []string{"Nguyen", "Tran", "Le", "Pham", "Huynh", "Vo", "Dang", "Bui"},
		births:   []birthplace{{"Hô Chi Minh-Ville", "99243"}, {"Hanoï", "99243"}, {"Hué", "99243"}}},
	{share: 50, country: 22, nationality: "Malienne", firstJanuary: true, language: "fr",
		women:    []string{"Aminata", "Fatoumata", "Mariam", "Awa", "Aïssatou", "Kadiatou", "Grâce", "Bintou", "Ndeye Fatou"},
		men:      []string{"Mamadou", "Ibrahima", "Moussa", "Ousmane", "Abdoulaye", "Cheikh", "Souleymane", "Christ-Exaucé", "El Hadji"},
		surnames: []string{"Traoré", "Diallo", "Diarra", "Coulibaly", "Keïta", "Camara", "N'Diaye", "Koné", "Sow", "Mbemba", "N'Guessan", "Ba", "Sylla"},
		starts:   []string{"N D", "MB", "DIA", "KOU", "COULI", "SANG", "BAMB", "OUED", "SAW", "ND", "KEI", "DEMB", "SISS", "TOUN", "FOF", "SOUM", "NIA", "MAK", "KON", "DOU"},
		births:   []birthplace{{"Bamako", "99335"}, {"Dakar", "99341"}, {"Abidjan", "99326"}, {"Conakry", "99330"}, {"Kinshasa", "99312"}, {"Kayes", "99335"}}},
	{share: 25, country: 18, nationality: "Française",
		surnames: []string{"Hoarau", "Payet", "Grondin", "Boyer", "Técher", "Fontaine", "Jean-Baptiste", "Jean-Louis", "Joseph-Augustin", "Saint-Prix", "Lebon", "Célestin"},
		births:   []birthplace{{"Saint-Denis", "97411"}, {"Saint-Pierre", "97416"}, {"Fort-de-France", "97209"}, {"Les Abymes", "97101"}, {"Cayenne", "97302"}, {"Mamoudzou", "97608"}}},
	{share: 10, country: 5, nationality: "Ukrainienne", language: "en",
		women:    []string{"Olena", "Oksana", "Nataliia", "Iryna", "Kateryna"},
		men:      []string{"Oleksandr", "Andrii", "Dmytro", "Mykola", "Volodymyr"},
		surnames: []string{"Shevchenko", "Kovalenko", "Bondarenko", "Tkachenko", "Melnyk", "Kravchenko"},
		ends:     []string{"ENKO", "CHUK", "SKY", "VSKI", "NSKI"},
		births:   []birthplace{{"Kyiv", "99155"}, {"Lviv", "99155"}, {"Odessa", "99155"}}},
}

func (m *maker) origin() *origin {
	n := m.rng.IntN(1000)
	for i := range origins {
		share := origins[i].share
		if m.country && i > 0 {
			share = origins[i].country
		}
		if n -= share; n < 0 {
			return &origins[i]
		}
	}
	return &origins[0]
}

func (m *maker) birthplace(p *person) {
	away := 0.02
	if p.origin != &origins[0] {
		away = 0.35
	}
	if m.chance(away) {
		b := pick(m.rng, p.origin.births)
		p.place, p.placeCode = b.name, b.code
		// Some countries of birth know only the year.
		p.dateUnknown = p.placeCode[:2] == "99" && m.chance(0.02)
		// Others were given 1 January, in countries that registered births late.
		if p.origin.firstJanuary && m.chance(0.08) {
			p.born = time.Date(p.born.Year(), 1, 1, 0, 0, 0, 0, time.UTC)
		}
		return
	}
	c := m.commune()
	if c.Population < 8000 && m.chance(0.9) { // most are born where there is a hospital
		if c = m.near.draw(m.rng); m.country {
			c = m.anywhere.draw(m.rng)
		}
	}
	p.place, p.placeCode = c.Name, c.Code
}

func (m *maker) nationalityOf(p *person, age int) {
	p.nationality = "Française"
	if p.origin.nationality == "Française" {
		return
	}
	foreign := 0.12
	if p.placeCode[:2] == "99" {
		foreign = 0.6
	}
	if m.chance(foreign) {
		p.nationality = p.origin.nationality
		if age > 15 && p.origin.language != "" && m.chance(0.2) {
			p.language = p.origin.language
		}
	}
}

// commune draws where a household lives: mostly around the invented town.
func (m *maker) commune() *france.Commune {
	if !m.country && m.chance(0.8) {
		return m.near.draw(m.rng)
	}
	return m.anywhere.draw(m.rng)
}
