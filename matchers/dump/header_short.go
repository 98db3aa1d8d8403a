package dump

import (
	"slices"
	"strings"
	"sync"
)

// Databases of administrations cut the names of their columns to six or eight
// letters and write them as one word: CDPOST, DTNAIS, LIBVOIE, NUMALLOC. A word
// that says nothing as it stands is read as abbreviations one behind the other.

// shortWords gives the abbreviations of the words that hints are made of.
const shortWords = "code:code,cod,cd|numero:numero,num,nro,no,nu|date:date,dat,dt,da|libelle:libelle,lib,libl,lbl,ll|nom:nom,nm|prenom:prenom,pren,prenm,prn,pre|complet:complet|naissance:naissance,naiss,nais,nai,nss,naisc|usage:usage,usag,usa,use,us,usuel|" +
	"jeune:jeune,jf|patronymique:patronymique,patro,patr,pat|marital:marital,marit|famille:famille,fam,famil|adresse:adresse,adress,adres,adr,ad|electronique:electronique,elec|voie:voie,voi|rue:rue|postal:postal,post,pos,pst,ptt|" +
	"commune:commune,comm,com,cne|ville:ville,vil|localite:localite,local,loc|bureau:bureau,bur|distributeur:distributeur,distrib,dist,dis|pays:pays,pay|nationalite:nationalite,nation,natio,nat,natn|situation:situation,situ,sit|" +
	"sexe:sexe,sex,sx|civilite:civilite,civ,cvl|tel:telephone,teleph,tel|portable:portable,port,ptb,por|mobile:mobile,mob|domicile:domicile,dom|travail:travail,trav|fixe:fixe|mail:mail,mel,email|secu:secu,secur|ss:ss|nir:nir|" +
	"matricule:matricule,matric,matr,mat,mle|allocataire:allocataire,alloc,allo|caf:caf|quotient:quotient,quot,quo|familial:familial,famil,fam|montant:montant,mont,mnt,mtt,mt|solde:solde,sold,sld|salaire:salaire,sal|brut:brut|net:net|" +
	"employeur:employeur,empl|emploi:emploi,emp|profession:profession,prof|grade:grade|fonction:fonction,fonct,fct,fonc|etablissement:etablissement,etabliss,etab,ets|ecole:ecole,ecol,eco|classe:classe,clas,cla,cls|division:division,div|" +
	"statut:statut,stat|etat:etat|type:type,typ|observation:observation,observ,obs|commentaire:commentaire,comment|insee:insee,ins|identifiant:identifiant,identif,ident,idt,id|dossier:dossier,doss,dos|banque:banque,bque,bq|iban:iban|bic:bic|rib:rib|" +
	"compte:compte,cpte,cpt|titulaire:titulaire,titul|inscription:inscription,inscr,insc|entree:entree,entr,ent|sortie:sortie,sort|creation:creation,crea,cre|modification:modification,modif,mod|maj:maj|debut:debut,deb|fin:fin|effet:effet,eff|" +
	"prestation:prestation,prest,presta|fiscal:fiscal,fiscale,fisc|revenu:revenu,rev|ressources:ressources,ressource,ress,res|situation famille:sitfam,sitf|departement:departement,dept,dpt,dep|lieu:lieu,lie|lien:lien|parente:parente,paren|responsable:responsable,respons,resp|ref:reference,refer,ref|personne:personne,pers|" +
	"usager:usager,usag|client:client,clt,cli|agent:agent,agt|eleve:eleve,elv,ele|patient:patient,pat|adherent:adherent,adh|abonne:abonne,abo|beneficiaire:beneficiaire,benef,ben|assure:assure,ass|conjoint:conjoint,conj,cjt|" +
	"medecin:medecin,med|handicap:handicap,handic,handi|diagnostic:diagnostic,diagnos,diag|allergie:allergie,allerg|regime:regime,reg|deces:deces,dec|permis:permis|passeport:passeport,passp|carte:carte,cart|siret:siret|siren:siren|ape:ape|naf:naf"

// short is one abbreviation of a word.
type short struct{ abbreviation, word string }

// shorts are the abbreviations, the longest first.
var shorts = sync.OnceValue(func() []short {
	var out []short
	for entry := range strings.SplitSeq(shortWords, "|") {
		word, list, _ := strings.Cut(entry, ":")
		for a := range strings.SplitSeq(list, ",") {
			out = append(out, short{a, word})
		}
	}
	slices.SortStableFunc(out, func(a, b short) int { return len(b.abbreviation) - len(a.abbreviation) })
	return out
})

// spelled writes abbreviated words out: long are all words then, whole those as
// they stand when none of them is several in one, and nil otherwise.
func spelled(words []string) (long, whole []string) {
	whole = words
	for i, w := range words {
		parts := spell(w, 3)
		if parts == nil && len(w) == 1 && i == 0 && len(words) > 1 && len(words[1]) > 2 {
			parts = initials[w] // D_NAIS
		}
		if len(parts) > 1 {
			whole = nil
		}
		if parts == nil {
			parts = []string{w}
		}
		for _, p := range parts {
			long = append(long, strings.Fields(p)...)
		}
	}
	return long, whole
}

// initials are words of which one letter is left, in front of others.
var initials = map[string][]string{"d": {"date"}, "c": {"code"}, "l": {"libelle"}, "n": {"numero"}}

// spell cuts a word into abbreviations, as few as possible and most of them
// longer than two letters. nil says that it is none.
func spell(w string, most int) []string {
	if len(w) < 2 || len(w) > 24 {
		return nil
	}
	best := cutShort(w, most)
	if len(w) >= 4 && initials[w[:1]] != nil {
		if rest := cutShort(w[1:], 1); rest != nil && (best == nil || len(best) > 2) {
			best = append(slices.Clone(initials[w[:1]]), rest...)
		}
	}
	return best
}

func cutShort(w string, most int) (best []string) {
	if most == 0 {
		return nil
	}
	for _, s := range shorts() {
		rest, ok := strings.CutPrefix(w, s.abbreviation)
		switch {
		case !ok:
		case rest == "":
			return []string{s.word}
		default:
			if tail := cutShort(rest, most-1); tail != nil && (best == nil || len(tail)+1 < len(best)) {
				best = append([]string{s.word}, tail...)
			}
		}
	}
	return best
}
