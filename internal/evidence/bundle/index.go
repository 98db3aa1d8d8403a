package bundle

import (
	_ "embed"
	"html/template"
	"io"
	"time"
)

//go:embed index.html
var indexPage string

// words are the texts of the index in one language.
type words struct {
	Lang, Title, Intro, Incident, Reason, By, Made, Checkpoint, Stamp, NoStamp, Exhibits, Dump, File, Digest, Captures, Chain string
	Time, Address, Status, Bytes, Cut, Number, Subject, Event, Who, Why, Check, Live                                          string
}

// languages are the two that the index is in. They stand here and not in the
// console's catalogues because they are part of a document, not of a page.
func languages() []words {
	return []words{{
		Lang: "fr", Title: "Pièces relatives à l'incident", Intro: "Ce dossier se vérifie sans le logiciel qui l'a produit : voir VERIFY.txt.",
		Incident: "Incident", Reason: "Motif de l'export", By: "Exporté par", Made: "Exporté le", Checkpoint: "Chaîne de conservation signée, maillons",
		Stamp: "Horodatage (RFC 3161)", NoStamp: "aucun : ni autorité configurée, ni réponse de celle-ci à cette heure",
		Exhibits: "Fichiers WARC", Dump: "Fichier volé, tel que reçu", File: "Fichier", Digest: "Empreinte", Captures: "Captures", Chain: "Chaîne de conservation",
		Time: "Heure (UTC)", Address: "Adresse", Status: "État HTTP", Bytes: "Octets", Cut: "tronquée", Number: "N°", Subject: "Objet", Event: "Événement", Who: "Qui", Why: "Pourquoi",
		Check: "Comment vérifier", Live: "Les pages capturées ne sont pas montrées ici : elles restent dans les fichiers WARC.",
	}, {
		Lang: "en", Title: "Exhibits of incident", Intro: "This bundle is checked without the software that made it: see VERIFY.txt.",
		Incident: "Incident", Reason: "Reason of the export", By: "Exported by", Made: "Exported at", Checkpoint: "Signed chain of custody, links",
		Stamp: "Time stamp (RFC 3161)", NoStamp: "none: no authority is configured, or it had not answered by then",
		Exhibits: "WARC files", Dump: "Stolen file, as received", File: "File", Digest: "Digest", Captures: "Captures", Chain: "Chain of custody",
		Time: "Time (UTC)", Address: "Address", Status: "HTTP status", Bytes: "Bytes", Cut: "truncated", Number: "No.", Subject: "Subject", Event: "Event", Who: "Who", Why: "Why",
		Check: "How to check", Live: "Captured pages are not shown here: they stay inside the WARC files.",
	}}
}

// index writes the readable index. Everything in it is escaped: titles and
// addresses are a criminal's.
func (c Content) index(w io.Writer) error {
	t, err := template.New("index").Funcs(template.FuncMap{
		"utc": func(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05") },
	}).Parse(indexPage)
	if err != nil {
		return err
	}
	return t.Execute(w, struct {
		Content
		Languages []words
	}{c, languages()})
}
