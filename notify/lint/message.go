package lint

import "fmt"

// wording is what a finding tells the writer, in French and in English: what is
// wrong and what to write instead.
type wording struct{ french, english string }

// message is what a rule says in the language of the text. Rules that hold a
// translation against its French (parallel) speak to the team, in English.
func (c *checker) message(rule string, args ...any) string {
	w, ok := messages()[rule]
	if !ok {
		return rule
	}
	s := w.french
	if c.english {
		s = w.english
	}
	if len(args) > 0 {
		return fmt.Sprintf(s, args...)
	}
	return s
}

func messages() map[string]wording {
	return map[string]wording{
		"title":              {"Il manque un titre ou un objet : écrivez en une ligne ce qui est arrivé.", "There is no title or subject: say in a line what happened."},
		"art34-nature":       {"Dites ce qui s'est passé (volé, copié, perdu, envoyé à la mauvaise personne…) et quel jour, ou que le jour n'est pas connu.", "Say what happened (stolen, copied, lost, sent to the wrong person...) and on which day, or that the day is not known."},
		"art34-data":         {"Énumérez les données de la personne qui sont concernées : nom, adresse, date de naissance…", "List the person's data that are concerned: name, address, date of birth..."},
		"art34-consequences": {"Dites ce qui peut arriver à la personne : ce qu'un tiers peut faire de ses données, ou ce qui va lui manquer.", "Say what may happen to the person: what others can do with the data, or what will be missing or late."},
		"art34-measures":     {"Dites ce que vous avez fait : accès fermé, mots de passe changés, plainte, CNIL prévenue… et à quelle date.", "Say what you have done: access closed, passwords changed, complaint lodged, authority told... and when."},
		"art34-contact":      {"Donnez le délégué à la protection des données ou un service, avec un téléphone, une adresse électronique ou un guichet.", "Give the data protection officer or a service, with a telephone number, an e-mail address or a desk."},
		"art34-actions":      {"Mettez au moins trois choses à faire dans une liste (il y en a %d), la plus urgente d'abord.", "Put at least three things to do in a list (there are %d), the most urgent first."},
		"action-when":        {"Dites quand le faire : aujourd'hui, avant telle date, si telle chose arrive.", "Say when to do it: today, before a date, if something happens."},
		"action-why":         {"Dites pourquoi le faire : ce que cela évite ou permet.", "Say why to do it: what it prevents or makes possible."},
		"item-when":          {"Mieux : dites aussi quand le faire.", "Better: say when to do it as well."},
		"item-why":           {"Mieux : dites aussi pourquoi le faire.", "Better: say why to do it as well."},
		"nature-date":        {"Mieux : dites quel jour c'est arrivé, ou que le jour n'est pas connu.", "Better: say on which day it happened, or that the day is not known."},
		"action-order":       {"C'est plus urgent que ce qui précède : mettez-le plus haut.", "This is more urgent than what stands before it: move it up."},
		"rights":             {"Mieux : nommez l'autorité de contrôle, on peut adresser une réclamation à la CNIL.", "Better: name the supervisory authority, to whom one may complain."},
		"recognise":          {"Dites à quoi on reconnaît vos vrais messages : ce qui a été envoyé, ce que vous ne demandez jamais.", "Say how to tell your genuine messages: what was sent, what you never ask for."},
		"character":          {"Le caractère U+%04X ne peut pas être affiché : retirez-le.", "The character U+%04X cannot be shown: take it out."},
		"hole":               {"Un blanc n'a pas été rempli.", "Something was not filled in."},

		"hedge":            {"Dites ce qui est su (« vos données ont été copiées ») et, à part, ce qui ne l'est pas ; ni « peut-être » ni conditionnel.", "Say what is known (\"your data were copied\") and, apart, what is not; no \"may have been\"."},
		"no-evidence":      {"Retirez cette phrase : n'avoir rien vu ne prouve rien et rassure à tort.", "Take this out: not having seen misuse proves nothing and reassures without ground."},
		"vague-measures":   {"C'est trop vague (la CNIL l'a sanctionné, SAN-2026-001) : dites quelles mesures.", "This is vague, and was fined (CNIL, SAN-2026-001): say which measures."},
		"vague-data":       {"Citez chaque catégorie de données, sans « certaines », « notamment » ni « etc. ».", "Name every category of data, without \"some\", \"such as\" or \"etc.\"."},
		"serious-words":    {"Retirez cette phrase : elle n'apprend rien à la personne.", "Take this out: it tells the person nothing."},
		"minimises":        {"Cela minimise ce qui arrive : dites ce que la personne risque vraiment.", "This plays the matter down: say what the person really risks."},
		"not-taken":        {"« Non volé » demande une attestation : dites qui l'atteste, et quand ; sinon retirez la phrase.", "\"Not taken\" needs somebody who attests it: say who and when, or take it out."},
		"asks-secret":      {"N'attendez de la personne ni mot de passe, ni code, ni coordonnées bancaires, ni pièce d'identité : les escrocs le demandent aussi.", "Ask the person for no password, code, bank details or identity document: fraudsters do."},
		"click":            {"Pas de lien à ouvrir ni de bouton : les gens tapent eux-mêmes l'adresse qu'ils connaissent.", "No link to open and no button: people type the address that they know."},
		"lookup":           {"Ne proposez pas de chercher si l'on est concerné : chacun est prévenu en personne.", "Do not offer to look up whether one is affected: each person is told in person."},
		"attachment":       {"N'apportez pas de fichier à ouvrir : les voleurs le font ; écrivez tout dans le message même.", "Bring no file to open: thieves do; say it all in the message itself."},
		"elsewhere-only":   {"Écrivez-le dans le message même, et non sur un site, dans une pièce jointe ou sur demande.", "Say it in the message itself, not on a site, in an attachment or on request."},
		"urgency":          {"C'est une menace, comme en font les escrocs : retirez-la.", "This threatens, as fraudsters do: take it out."},
		"panic":            {"Cela affole sans aider : dites le fait et ce qu'il faut faire.", "This frightens and does not help: say the fact and what to do."},
		"blame":            {"Ne reprochez rien à la personne : la faute n'est pas la sienne.", "Do not blame the reader: it is not their fault."},
		"advertising":      {"Pas de publicité ni d'offre dans une communication de l'article 34.", "No advertising and no offer in a communication under Art. 34."},
		"waiver":           {"Ne faites renoncer la personne à aucun droit.", "Do not make the person give up a right."},
		"secrecy":          {"N'interdisez pas à la personne d'en parler : elle est libre, et se protège en en parlant.", "Do not forbid the person to speak of it: they are free to."},
		"whereabouts":      {"Ne dites pas où l'on trouve les données volées : cela aide à les répandre.", "Do not say where the stolen data can be found: it helps to spread them."},
		"past-promise":     {"Cette date est passée à celle de la lettre : donnez-en une à venir ou dites ce qui a été fait.", "This date is past at the date of the letter: give one to come, or say what was done."},
		"contradiction":    {"Cela contredit la liste des données plus haut : une seule version.", "This contradicts the list of data above: one version only."},
		"own-channel":      {"Ne prévenez pas par une messagerie qui est aux mains des intrus : écrivez par un autre canal.", "Do not write through a mailbox or system that intruders hold: use another channel."},
		"envelope-service": {"L'enveloppe ou l'expéditeur révèle le service qui suit la personne : prenez un expéditeur neutre.", "The envelope or sender reveals the service that follows the person: use a neutral one."},
		"other-person":     {"N'identifiez personne d'autre : ni nom, ni adresse, ni état d'un tiers.", "Identify nobody else: no name, address or condition of another person."},
		"jargon":           {"Trop de mots techniques ou juridiques (%d) : dites-le avec des mots de tous les jours.", "Too many technical or legal words (%d): say it in everyday words."},

		"value-iban":     {"Ne montrez pas de numéro de compte.", "Show no bank account number."},
		"value-nir":      {"Ne montrez pas de numéro de sécurité sociale.", "Show no social security number."},
		"value-card":     {"Ne montrez pas de numéro de carte.", "Show no card number."},
		"value-masked":   {"Ne montrez pas une partie d'une donnée : nommez la catégorie.", "Show no part of a value: name the category."},
		"value-birth":    {"Ne montrez pas de date de naissance.", "Show no date of birth."},
		"value-address":  {"Ne montrez pas d'adresse qui n'est pas celle d'un contact.", "Show no address that is no contact point."},
		"value-password": {"Ne montrez pas de mot de passe.", "Show no password."},
		"value-person":   {"Nommez la catégorie, et non ce que le fichier volé dit de la personne.", "Name the category, not what the stolen file says of the person."},
		"value-phone":    {"Ce numéro n'est présenté comme celui d'aucun contact : retirez-le.", "This number is presented as nobody's contact: take it out."},
		"value-email":    {"Cette adresse n'est présentée comme celle d'aucun contact : retirez-la.", "This address is presented as nobody's contact: take it out."},

		"shorter":        {"Mieux : coupez cette phrase de %d mots ; %d se lisent bien.", "Better: cut this sentence of %d words; %d read well."},
		"long-sentence":  {"Phrase de %d mots ; %d au plus : coupez-la.", "A sentence of %d words, %d at most: cut it."},
		"rls-split-word": {"Ne coupez pas les mots (RLS 1.8).", "Do not split words (RLS 1.8)."},
		"rls-date":       {"Écrivez la date en toutes lettres : 3 mars 2026 (RLS 5.3).", "Write the date out: 3 March 2026 (RLS 5.3)."},
		"rls-footnote":   {"Pas de renvoi à une note : dites-le dans la phrase (RLS 4.4).", "No reference to a note: say it in the sentence (RLS 4.4)."},
		"rls-capitals":   {"N'écrivez pas en capitales (RLS 1.6).", "Do not write in capitals (RLS 1.6)."},
		"easy-line":      {"Mettez chaque phrase sur sa ligne (RLS 1.7).", "Put each sentence on a line of its own (RLS 1.7)."},
		"easy-passive":   {"Dites qui le fait (RLS 7.3).", "Say who does it (RLS 7.3)."},
		"easy-future":    {"Dites-le au présent (RLS 7.1).", "Say it in the present (RLS 7.1)."},
		"easy-symbol":    {"Pas de parenthèses, de points-virgules ni de signes : ils arrêtent le lecteur (RLS 4.2, 5.2 et 5.4).", "No brackets, semicolons or signs: they stop the reader (RLS 4.2, 5.2 and 5.4)."},
		"readability":    {"Difficile à lire : %.0f sur l'échelle de Kandel et Moles, %.0f au moins ; des phrases et des mots plus courts.", "Hard to read: %.0f on Flesch's scale, %.0f at least; use shorter sentences and words."},

		"sms-empty":    {"Le SMS est vide.", "There is no short text."},
		"sms-link":     {"Pas de lien dans un SMS : donnez un numéro de téléphone.", "An SMS bears no link: give a telephone number."},
		"sms-category": {"Un SMS ne nomme aucune donnée : le courrier le fera.", "An SMS names no category of data: the letter does."},
		"sms-pointer":  {"Dites qu'un courrier ou un courriel suit.", "Say that a letter or an e-mail follows."},
		"sms-urgency":  {"Pas d'urgence dans un SMS : les escrocs en usent.", "No urgency in an SMS: fraudsters use it."},
		"sms-who":      {"Dites qui écrit.", "Say who writes."},
		"sms-answer":   {"Ne demandez ni réponse ni code.", "Ask for no answer and no code."},
		"sms-length":   {"%d segments ; %d au plus.", "%d segments, %d at most."},
	}
}
