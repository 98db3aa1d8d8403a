package lint

import (
	"math/bits"
	"slices"
	"strings"
	"sync"
)

// field is a semantic field: words that speak of one kind of thing. The model
// learns from the fields that a sentence touches, so that a verb which no
// example holds counts like its neighbours.
type field struct{ name, french, english string }

var fields = []field{
	{"steal",
		`vol$ vols$ volé vola$ volait voler volent voleu dérob subtilis soustrai accapar empar aspir siphon exfiltr extra extor extir recopi copié copie$ copier copient télécharg captur intercept détourn pill rapin pomp moissonn récolt capt cambriol effraction arrach ravi$ ravie$ ravis$ emport kidnapp piqu fauch chip escamot larcin spoli dépouill embarqu photographi rançonn main$ mains$`,
		`stole theft thie steal$ steals$ swip nick$ nicked snatch grab lift lifted took$ taken exfiltr extract siphon harvest scrap scoop copied copies$ copy$ copying download captur intercept divert pilfer loot rob robbed robber burgl raid skimm`},
	{"intrude",
		`intru pénétr infiltr pirat hack attaqu cyberattaqu cyberattaque craqu forc accéd connect introdui entré entrée entrés entrer brèche brech faille usurp hameçonn phish piég piégé leurr dup tromp ruse contourn compromis compromise vérol infect cheval virus rançon ransom malveill logiciel$ espion enregistreu keylog manipul ingénierie subi victime`,
		`intru hack broke$ break breaking broken attack cyberattack breach infiltr penetrat forc$ forced guess phish trick fool deceiv imperson hijack compromis infect malware virus ransom trojan spyware exploit bypass login logged gained enter entered cracked`},
	{"disclose",
		`divulgu divulgation divulg diffus publi révél ébruit exposé exposée exposés exposées expos affich visibl accessibl consultabl lisibl ouvert rendu$ rendue$ rendus$ rendues$ envoyé envoyée envoyés envoyées envoi adressé adressée adressés adressées expédi transmis transmise transféré transférée remis remise communiqu mélang interver invers gliss destinatair erreur mauvais homonyme répond transfér partag circul fuit vend vendu revend revente mis ligne montr posté imprim dévoil indiscr lecture lu$ lue$ lus$ lues$ consult regard visionn feuillet parcour photocopi`,
		`disclos publish posted post$ reveal leak expos visible reachable accessible open$ opened sent$ emailed mailed e$ forward misdirect misdeliver address addressed deliver wrong mistake mixed mix swapped shared circulat sold$ sale$ offered dump spread show$ shown display seen$ read$ viewed view looked consult brows peek printed handed gave$ given cc bcc copied`},
	{"lose",
		`perdu perdue perdus perdues perte perd égar oubli dispar introuvab abandonn laiss tomb manqu jet$ jeté jetée jetés poubelle benne trottoir retrouvé retrouvée retrouvés train tram bus métro taxi déchett`,
		`lost loss$ losing lose$ mislaid misplac missing disappear vanish forgot forgotten left$ dropped astray bin$ skip$ dumpster thrown discard found$ recycl train$ bus$ taxi tube$`},
	{"ruin",
		`effac détrui destruct supprim écras corromp corrompu altér modifi remplacé remplacée falsif trafiqu chang chiffré chiffrée chiffrés chiffrées chiffrement crypt verrouill bloqu inaccess indisponib illisibl inutilisab perturb paralys brûl incend inond noyé dégât endommag abîm panne crash anéanti vid vidé vidée`,
		`erase delet destroy wipe corrupt overwr alter modif changed tamper falsif encrypt scrambl locked lock$ unavailab unreadab inaccess unusab damag burn$ burnt burned fire$ flood soak crash fail failed failure destroyed ruined paralys`},
	{"holder",
		`serveur ordinateur portable poste tablette téléphone smartphone clé$ clés$ clef disque$ disques$ cd$ dvd$ sacoche sac$ classeur carton armoire bureau dossier fichier base$ bases$ logiciel application appli$ portail plateforme site$ messagerie boîte boite compte$ comptes$ sauvegarde archive registre cahier carnet agenda enveloppe courrier colis pli$ plis$ liste tableau tableur tableau table$ fiche formulaire courriel mail$ mails$ pièce jointe lien$ intranet extranet espace cloud hébergeur prestataire nuage espace ent$ drive caméra imprimante papiers papier document système réseau extraction export`,
		`server computer laptop tablet phone smartphone stick$ usb disk$ drive$ disc$ cd$ bag$ briefcase folder binder box$ cabinet desk file$ files$ database software application app$ portal platform website site$ mailbox inbox account accounts backup archive register notebook diary envelope letter parcel list$ lists$ spreadsheet table$ record$ records$ form$ forms$ e$ email attach link$ intranet cloud storage host supplier contractor processor paper papers document system network export printer bin$ server`},
	{"kind",
		`nom$ noms$ prénom patronym naissance né$ née$ âge$ âges$ adresse domicile téléphone portable mobile$ fixe$ mail$ mails$ courriel sécu$ nir$ iban rib$ bic$ bancaire coordonnées identifiant login mot$ passe$ pseudo question santé médica maladie handicap diagnosti traitement ordonnance consultation analyse allergi vaccin opération hospitalis diplôme salair paie$ rémunér grade revenu ressource impôt imposition quotient dette impay facture prélèvement mandat contrat abonn immatricul plaque permis passeport carte$ cartes$ titre$ identité photo signature empreinte voix vidéo enregistrement géolocalis position itinéraire trajet horaire notes$ bulletin appréciation absence sanction punition classe$ niveau cv$ motivation candidature employeur métier profession poste ancienneté syndica religi origine nationalité langue sexe$ genre civilité situation famili enfant conjoint parent filiation mariage divorce pacs adoption tutelle curatelle grossesse logement loyer bail locat crédit emprunt banque compte$ solde virement relevé caf$ allocataire rsa$ apl$ aah$ mdph$ adulte$ ase$ bénéficiaire aide$ aides$ prestation jugement condamnation plainte casier courrier échange message conversation achats commande panier historique navigation ip$ appels sms$ fréquentation repas régime menu taille pointure poids groupe sanguin mutuelle assurance sinistre véhicule consommation compteur eau$ électricité numéro numéros matricule code$ codes$ badge`,
		`name$ names$ surname forename birth birthday born$ age$ ages$ address postcode home phone$ telephone mobile$ landline email$ emails$ number numbers iban account bank sort$ card$ cards$ password passcode login username security$ insurance nino health medic illness disease diagnos treatment prescription medicine allerg appointment test$ tests$ result scan x$ blood vaccin operation disab salary pay$ payslip wage grade$ income tax$ band$ debt arrears bill$ invoice debit mandate contract subscription registration plate licence license passport identity photo photograph picture signature fingerprint voice video recording location route journey timetable marks$ grades$ report$ reports$ attendance absence detention class$ year$ level cv$ résumé resume cover reference application employer job$ profession role$ service union religio ethnic origin national language sex$ gender title$ marital family child children partner parent spouse marriage divorce adoption guardian pregnan housing rent$ tenancy lease loan$ mortgage balance transfer statement benefit claim$ claims$ universal credit$ judgment conviction complaint record$ correspond message$ messages$ chat purchase order$ orders$ basket browsing ip$ calls text$ texts$ meal meals diet menu size$ weight group insurer policy vehicle meter reading water electricity reference code$ codes$ badge`},
	{"fix",
		`ferm coup coupé coupée coupés coupées débranch éteint arrêt stopp bloqu interdi restrei limit désactiv désinstall résili révoqu rompu suspend suspendu isol confin cloisonn segment quarantaine réinitialis renouvel remplac chang invalid annul supprim effac retir retrait détrui purge nettoy désinfect reconstru réinstall restaur rétabli récupér rapatri reconstitu ressaisi sauvegard chiffr verrouill cadenas blind muni équip install corrig rebouch bouch colmat combl répar patch mise$ jour$ vérifi contrôl inspect audit analys expertis enquêt examin recherch surveill veill trac journalis filtr supervis déploy instaur impos exig obligatoire authentif double facteur form formé formée formés formées formation sensibilis recrut mandat missionn engag confi$ confié confiée acheté achat achet voté budget livr ouvr ouvert ouverte cellule permanence numéro prévenu prévenue prévenus prévenues prévenir avert alert inform notifi signal déclar saisi saisie saisis dépos déposé déposée plainte port portée portées téléphon appel appelé appelée appelées demand obtenu obten sommé demeure exigé rappel écrit contact convoqu sanction licenci disciplin procédur relog gel$ gelé gelée mis$ mise$ placé placée retrouv repris reprise recompt comptées rangé clé$ code$ serrure armoire coffre destruct confirm attest`,
		`clos$ close$ closed closing shut cut$ unplug disconnect offline stopp stopped block restrict limit disabl uninstall terminat revok ended ending suspend isolat quarantin separat segment reset chang renew replac invalidat cancel delet eras remov withdr destroy wip clean rebuil rebuilt reinstall restor recover retriev reconstruct re backup backed encrypt lock locked fit$ fitted install fix$ fixed repair patch plug$ plugged updat check inspect audit review analys investigat examin search monitor watch log$ logging filter deploy introduc requir mandatory factor authenticat train$ trained training hire hired appoint engag bought buy purchas vot$ voted open$ opened helpline hotline line$ team$ warn alert inform told$ tell notif report flag lodg filed file$ complain call called rang$ phoned asked ask$ obtain demand order$ ordered recall wrote written contact disciplin dismiss sack froze frozen freez put$ placed found$ collect count key$ keys$ safe$ cupboard shred confirm certif instruct stop$ took$ taken move moved`},
	{"authority",
		`cnil$ commission police gendarm procureur parquet justice plainte anssi$ tribunal préfecture rectorat ars$ cert$ csirt enquêteu brigade commissariat huissier expert avocat assureur dgccrf inspection`,
		`police gardaí gardai commissioner ico$ dpc$ cnil$ authority regulator ombudsman court prosecutor ncsc cyber fraud$ investigator inspector expert lawyer solicitor insurer supervisory`},
	{"fraud",
		`escro arnaq fraud usurp faux$ fausse$ fausses$ imposteur hameçon phish démarch spam pourriel indésirab crédit prêt$ prêts$ emprunt$ emprunter prélèvement débit débiter retrait$ retraits achat achats abonn souscri facture chantage chanter rançon extor soutir voler vider argent payer somme détourn contract signer ouvrir louer immatricul amende contravention virement remboursement prétend passer pass pour$ revend revente recoup croiser cibl crédib convainc confiance tromp piég piège abus insu place malveillan malhonnête deviner essay tent tentative`,
		`scam fraud fake$ bogus false impersonat imposter impostor identit loan credit debit withdraw purchase buy subscription subscrib blackmail extort ransom steal money pay$ charge empty drain open$ opening rent$ contract fine$ fines$ invoice transfer refund pretend pose$ posing claim$ claiming convinc believab credib trust trick fool deceiv trap target sold resold sell combine cross guess try$ tries$ attempt abuse misuse spam nuisance junk unwanted phish`},
	{"social",
		`moqu harc menac intimid honte humili gên réputation stigmat discrimin rumeur ragot jug$ jugé jugée jugement rejet exclu violen conjoint agress suivre suivi retrouv épier traqu localis repér domicile chez$ sonner frapper porte$ sortie école colère entourage famille voisin employeur collègue camarade apprendre savoir sait$ savent connaître connu connue connues découvr deviner révél secret confiden intim dévoil vie privée danger sécurité peur inquiét tourment pression chant ennemi`,
		`tease teas mock bully bull harass threat intimidat shame asham embarrass humiliat reputation stigma discriminat rumour rumor gossip judge judged reject exclud violen partner attack follow stalk track locat find$ finds$ found$ home door doorstep gate school angry relative family neighbour employer colleague classmate learn know knows known discover guess reveal secret confiden intimate privacy privat danger unsafe safety afraid upset distress pressure`},
	{"lack",
		`retard tard$ délai attend attendre attente report décal suspend interromp interruption prolong redemand refaire recommenc ressaisi reprendre reconstitu manqu absent incomplet incomplète perdu erron erreur faux fausse inexact mauvais dose médicament soin prise$ rendez$ paiement versement aide$ droit$ droits$ refus rejet priv coupure pénalité impossib justifi prouver obliger supplément semaine mois jours preuve bloqu radi trop moins verser`,
		`late$ later delay wait waiting postpon suspend interrupt longer again redo repeat resubmit missing absent incomplete lost wrong error inaccurate incorrect mistake dose medicine care treatment appointment payment paid benefit right$ rights$ refus reject depriv cut$ penalty unable impossible prove proof weeks months days stop blocked less slow`},
	{"person",
		`escro fraudeu arnaqueu pirat voleu malfai malfrat délinquant criminel cybercrimin inconnu inconnue inconnus tiers$ quelqu individu personne$ personnes$ gens$ imposteur intrus attaquant auteur$ auteurs$ groupe$ bande$ agent$ agente$ employé employée salarié salariée stagiaire collègue secrétaire conseiller conseillère facteur voisin camarade élève parent ancien ancienne visiteur robot homme femme dame$ monsieur démarcheu vendeur concurrent proche ex$`,
		`scammer fraudster crook thie criminal stranger someone somebody anyone anybody third person people individual impost intruder attacker hacker gang group insider employee staff worker trainee colleague secretary adviser advisor postman neighbour classmate pupil parent former visitor robot bot$ man$ woman$ caller seller ex$ relative whoever who$`},
	{"vague",
		`incident évènement événement problème anomalie dysfonctionn souci aléa imprévu perturbation difficulté irrégularité situation contexte phénomène nécessaire appropri adapté adaptée adaptées adéquat utile$ utiles$ possible$ possibles$ certain$ certaine$ certaines$ certains$ divers diverses quelques plusieurs autres éventuel éventuelle éventuels potentiel potentielle potentiels vigilan pruden mobilis engag priorité importance sérieu déterminé rigueur exemplair réactiv leçon réflexion étude plan$ dispositif démarche disposition processus procédure mesure moyens optimis renforc amélior sensibilis valeurs confiance transparen désagrément répercussion conséquence impact effet préjudice gêne risque général globalement personnel personnelles informations données élément`,
		`incident event issue problem anomaly irregularity matter situation circumstance difficulty disruption necessary appropriate adequate suitable relevant reasonable possible certain some various several other others potential potentially eventual vigilan careful cautious committed commitment priority importance serious seriously robust exemplary lesson reflect review plan$ plans$ framework process procedure measure measures steps strengthen improv enhanc awareness values trust transparen inconvenience repercussion consequence impact effect concern general personal information data element aspect`},
	{"sell", `offre offres propos profit découvr abonn souscri remise réduction tarif prix euro euros gratuit gratuite cadeau gagn promo bon$ bons$ pass$ carte boutique magasin partenaire assurance option formule premium pack essay essai téléchargez installez application magazine saison spectacle fête portes parrain avantag nouveau nouvelle nouveauté meilleur leader`, `offer propos discover subscri discount reduc price euro pound pounds free gift win$ promo voucher pass$ card store shop partner insurance option premium pack trial try$ download install app$ magazine season show$ open$ refer friend reward award new$ best better leading half percent cent$ off$ join enjoy treat`},
	{"fault", `faute fautif négligen impruden responsab respons décline coupable aviez aurais auriez auraient fallait devait devoir dû due$ leçon attention simple facil consign prévenu averti rappel sens$ choix choisi choisissant parce puisque cause évit incomb tenu$ tenus$ prudent maladr légèreté insouci`, `fault blame negligen careless impruden responsib liab decline guilty should ought lesson careful weak silly easy rule rules warned told reminder sense because since cause avoid choos chosen chose picked pick blame own$`},
	{"calm", `rassur inquiét crain peur grave gravité anodin bénin mineur simple petit faible infime minime négligeable limité théorique improbable danger risque aucun rien intérêt intéress désagrément inutile panique alarm`, `reassur worry worried fear afraid serious harmless minor small low$ tiny minimal negligible limited theoretical unlikely danger risk no$ none$ nothing interest inconvenience panic alarm safe`},
	{"press", `vite dépêch urgen immédiat minute heure seconde dernier avertissement tard minuit délai faute sinon pire catastroph cauchemar trembl perdrez perdre tout vidé vidée clos fermé suspendu danger terrible horrible grave désastr précédent jamais abri`, `quick hurry urgen immediate minute hour second last final warning late midnight deadline otherwise worst catastroph nightmare tremble lose everything empty emptied closed suspended danger terrible horrible grave disaster unprecedented safe never`},
	{"request", `envoy renvoy transmet communiqu indiqu saisi entr tap rempl complét retourn joign répond précis confirm valid donn dis$ dites scann photo cliqu lien formulaire coupon munissez besoin faut demand cherch vérif`, `send return provide reply enter type fill complete attach give tell confirm validate submit text upload scan click link form slip ready need ask look search check verify write read`},
	{"guess", `peut- peut$ sembl vraisembl probab possib éventuel potentiel suppos pens croy présum aurai aurait auraient serait seraient pourrait pu$ certitude doute exclu exclure suscept apparemment priori selon`, `perhaps maybe seem appear probab likely possib potential suppos think believe presum assum may$ might could can$ certain sure doubt rule ruled out$ alleg reported suspect apparent`},
	{"boast", `leader référence réputé réputée reconnu reconnue reconnus excellence pointe innov technolog fier$ fiers$ fière fierté idéal partenaire serein sérénité tranquillité confiance confient expertise savoir$ histoire fondé fondée depuis siècle générations qualité prestig moderne performan exclusif exclusive privilég unique meilleur sélectionné réservé satisf plaisir fidèl fidél aventure rejoign merveill célèbr fêter anniversaire bénéfici profiter souhait invit ravi`, `lead leading leader trusted proud pride award excellen innovat technolog expert partner ideal peace heritage history founded since generation quality prestig modern exclusive unique finest best select delight$ delighted love$ enjoy celebrat thrill excit happy pleas loyal reward benefit treat famil protects`},
	{"event", `festival spectacle fête concert salon stand billetterie réserv rendez visite visiter inscription inscriv ouvert portes saison programme conférence atelier kermesse loto tombola marché vide$ repas bal$ appartement témoin billet place$ places$ stage formation`, `festival show$ concert fair$ stall ticket book$ booking open$ tour$ season programme event events workshop raffle fête fete market dinner dance appointment available sale$ sales savings plans course courses class$ classes`},
	{"spared", `épargn intact indemn sauf$ saufs$ sûr$ sûre$ sûrs$ sûres$ sécurité abri exclu exclue exclus exclues exclusion hors$ protég préserv rassur rien$ aucun aucune reste$ autre autres resté restée restés restées demeur séparé séparée ailleurs jamais échapp loin concern touch affect impact cause`, `spared intact untouched unaffected unharmed safe safely secure excluded exclude outside protect preserv remain rest$ other others separate separately elsewhere never nothing none away affected involved concerned touched impact reach$ reached`},
	{"opinion", `croi croy pens pense pensons estim juge jugeons semble paraît parait apparen assur$ assure assurons garanti promet promis promettons certain certaine convaincu persuad supposons déclar affirm prétend dit$ disent selon$ après$ parole vraisembl probable priori espér soyez sachez tranquill rassurez`, `believ think thinks thought consider seem looks appear apparent assur promis promise guarantee certain confident convinc persuad suppos claim claims says$ said$ tells according word$ likely probab hope hopes rest$ reassur understand understood sure$`},
	{"attested", `attest attestation certifi certificat constat écrit écrite rapport expert huissi procès verbal signé signée annex joint jointe preuve journaux contrôl vérifi compté recompté examin rouvert relu confirm audit colonne colonnes liste copie$ consign éditeur enregistre stocke conserve détient prévoit demande contient contenait technicien`, `attest certif certificate statement writing written report expert signed annex enclosed attached proof evidence logs log$ checked verified verif counted examin inspected reviewed confirm audit column columns list copy$ record records hold holds held keep keeps store stores ask$ asks technician auditor`},
	{"merely", `simple simples simplement seul seule seuls seules seulement uniquement juste$ rien$ banal banale anodin bénin mineur mineure petit petite petits léger légère minime infime faible moindre négligeable limité limitée ponctuel ponctuelle isolé isolée courant courante fréquent habituel classique ordinaire technique technicité regrettable contretemps malentendu malheureux publiques annuaire partout risque nul$ nulle grave gravité sérieux inquiét inutile change dramatis relativis minor$ après`, `simple simply only$ just$ merely mere nothing trivial minor small little slight limited isolated common usual routine ordinary technical glitch slip mishap hiccup mix$ harmless negligible low$ tiny unfortunate anyway already public phonebook directory everyone serious worry worries changes matter after$ cause alarm blown`},
	{"everything", `tout$ toute$ tous$ toutes$ entier entière monde partout toujours jamais totalement entièrement complètement absolument n'importe nul$ nulle$ personne$ vie$ vies$ intimité secrets existence avenir patrimoine économies définitivement irréversible irréparable`, `all$ everything everyone everybody everywhere always never whole entire total totally completely absolutely anybody anyone nobody life$ lives$ secrets existence future savings forever irreversible`},
	{"shift", `imput étranger étrangère tiers prestataire fournisseur victime victimes nous-mêmes responsab tenu$ tenue$ saurai reproch obligations respecté respectée manquement démontr prouver charge$ assum contribu origine cause$ expliqu pourtant malgré contraire consign rappelons rappelé demandé avert préven conditions règlement charte signé accepté lu$ choisi choix volontaire eux-mêmes vous-même négligent étourd distrait désinvolt réutilis simple trop$ faible même`, `attribut party parties third supplier contractor victim victims ourselves responsib liable liability held$ reproach obligations complied comply breach$ prove charge$ bear contribut origin cause$ caused explain$ explains despite although contrary instruct remind reminded asked warned told$ terms conditions policy rules signed accepted agreed chose chosen choice yourself themselves negligent careless distracted reused reuse weak simple too$ same$ funding`},
	{"kin", `épouse époux mari$ femme compagne compagnon frère soeur sœur fils fille père mère grand cousin cousine voisin voisine associé associée colocat locataire famille camarade ami$ amie amis beau belle neveu nièce oncle tante ex$ conjoint conjointe patiente patient`, `wife husband partner brother sister son$ daughter father mother grand cousin neighbour neighbor flatmate tenant family classmate friend nephew niece uncle aunt ex$ spouse roommate colleague patient twin`},
	{"title", `m$ mme$ mlle$ monsieur madame mademoiselle maître docteur prénommé prénommée nommé nommée née`, `mr$ mrs$ ms$ miss$ sir$ named née`},
	{"many", `plusieurs autres ensemble aussi même avec$ comme également copie liste feuille page ligne dossier$ celui$ celle$ ceux$ celles$`, `several other others together also same with$ like$ as$ well$ copy list sheet page line file$ that$ those$ one$`},
	{"paper", `carte cartes vitale passeport permis titre justificatif photocopie photo scan scann recto verso pièce acte naissance livret avis relevé rib$ iban$ code codes pin$ mot$ passe cryptogramme identifiant identifiants numéro lien bouton formulaire espace`, `card cards passport licence license id$ identity photocopy photo scan scanned copy certificate birth statement bank iban pin$ password passcode code codes login number link button form portal details ssn$`},
	{"speak", `dict dictez dites donnez lisez lire épel confirm vérifier appel appeler appellera téléphon entretien conseiller conseillers demandera demanderont redemand exig exigé accompagn fournir produire déposer téléverser joindre adresser retourn muni munie`, `dictate spell read confirm verify call calls phone interview adviser advisers advisor request requested require required accompan supply produce upload attach send return provide submit`},
	{"doubtful", `possible possiblement possibilité peut- éventuel éventuelle éventuellement potentiel potentiellement hypothèse hypothétique supposé supposée probable probablement vraisemblablement semble semblerait paraît apparemment pourrait pourraient aurait auraient serait seraient susceptible exclu exclure écart écarter infirmer impossible certitude craignons crain soupçon doute croire priori réserve cas échéant`, `possible possibly possibility perhaps maybe might may$ could potential potentially suspected supposed alleged allegedly apparent apparently probable probably likely seems seem appears exclude rule$ ruled certainty fear doubt believe subject case`},
	{"taken", `vol$ volé volée volés volées copi copié copiée copiés copiées pris$ prise$ prises$ lu$ lue$ lus$ lues$ vu$ vue$ vus$ vues$ consult consulté télécharg dérob emport quitté sorti sortie sorties ouvert touch compromis exfiltr divulgu fuit fuité parti parties`, `stolen taken copied read$ seen$ viewed accessed downloaded leaked exposed opened left$ gone lost compromised exfiltrat disclosed obtained touched looked`},
	{"us",
		`nous$ notre$ nos$ je$ j$ mon$ ma$ on$ mairie ville commune département hôpital école collège lycée mission service établissement clinique agence caisse mutuelle société direction équipe technicien informaticien`,
		`we$ our$ us$ i$ my$ ve$ council school college hospital trust$ charity agency company office department team staff technician university library`},
	{"you",
		`vous$ votre$ vos$ tu$ te$ t$ ton$ ta$ tes$ toi$`,
		`you$ your$ yours$ yourself$`},
	{"may",
		`peu$ peut$ peuvent$ pourr risqu va$ vont$ permet permett suffi susceptible craindre redouter possible`,
		`might$ could$ can$ will$ would$ may$ likely$ able$ risk risks possible`},
	{"not",
		`ne$ n$ pas$ aucun$ aucune$ rien$ jamais$ ni$ sans$`,
		`not$ no$ never$ nothing$ t$ none$ nor$ without$ cannot$`},
	{"did",
		`a$ ont$ avons$ ai$ été$ est$ sont$ était étaient avait avaient fut$ s$`,
		`was$ were$ has$ have$ had$ been$ did$ is$ are$`},
	{"when",
		`janvier février mars$ avril mai$ juin juillet août septembre octobre novembre décembre lundi mardi mercredi jeudi vendredi samedi dimanche hier nuit matin soir depuis désormais dorénavant aujourd aussitôt immédiatement lendemain jour$ heure heures semaine dès$`,
		`january february march april may$ june july august september october november december monday tuesday wednesday thursday friday saturday sunday yesterday night morning evening since now$ today immediately day$ hour hours week within`},
	{"order",
		`changez surveillez vérifiez appelez prévenez portez déposez gardez demandez refusez raccrochez méfiez contactez signalez activez change surveille vérifie appelle préviens parle garde`,
		`change$ watch$ check$ call$ tell$ keep$ ask$ refuse$ hang$ beware$ report$ contact$ please$ never$`},
	{"attest",
		`attest certifi confirm garanti vérifi constat figur contien contenai conserv détien détenai stock enregistr`,
		`attest certif confirm verif hold$ holds$ held$ store stores stored keep$ kept$ contain`},
}

// fieldSet holds a bit for each field.
type fieldSet uint64

var stemFields = sync.OnceValue(func() map[string]fieldSet {
	set := map[string]fieldSet{}
	for i, f := range fields {
		for _, list := range []string{f.french, f.english} {
			for _, s := range strings.Fields(list) {
				set[s] |= 1 << i
			}
		}
	}
	return set
})

// fieldsOf are the fields of a word: those of every stem it begins with.
func fieldsOf(word string) fieldSet {
	set := stemFields()
	in := set[word+"$"]
	for i := 2; i <= len(word); i++ {
		in |= set[word[:i]]
	}
	return in
}

// first names the first field, or "_".
func (s fieldSet) first() string {
	if s == 0 {
		return "_"
	}
	return fields[bits.TrailingZeros64(uint64(s))].name
}

// each calls f with the name of every field, in their order.
func (s fieldSet) each(f func(name string)) {
	for ; s != 0; s &= s - 1 {
		f(s.first())
	}
}

// negation is the field of the words that deny.
var negation = sync.OnceValue(func() fieldSet {
	return 1 << slices.IndexFunc(fields, func(f field) bool { return f.name == "not" })
})
