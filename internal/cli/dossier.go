package cli

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"

	"vigie/internal/app"
	"vigie/internal/breach"
	"vigie/notify/authority"
	"vigie/workflows/activity"
)

// dossierCmd draws up what goes to the authority.
type dossierCmd struct {
	Incident   string `arg:"" help:"The incident." placeholder:"ID"`
	Controller string `required:"" help:"Whose notification." placeholder:"ID"`
	Form       string `enum:"cnil,edpb,madis" default:"cnil" help:"The CNIL's form, the EDPB's draft template, or an entry of Madis (${enum})."`
	Complement bool   `help:"Only what differs from the form as it was last sent, with the number of the initial notification."`
	JSON       bool   `help:"One JSON document; else a page (cnil), a table (madis)."`
}

// Help shows an example.
func (dossierCmd) Help() string {
	return "Draws the notification of GDPR Art. 33 up from the facts, the answers of the controller's people and the log. What nobody knows yet is listed in \"unknown\" and left empty. The EDPB's template is a draft whose text was not public: its numbers are this program's own, and the document says so. Nothing is sent: a person copies the form into the authority's service and records the number it gives in the console.\n\nExamples:\n  vigie dossier inc_0123456789 --controller ml-orbe > dossier.html\n  vigie dossier inc_0123456789 --controller ml-orbe --complement\n  vigie dossier inc_0123456789 --controller ml-orbe --form edpb --json"
}

// Run writes the dossier to standard output.
func (c dossierCmd) Run(s *session) error {
	a, err := s.existing()
	if err != nil {
		return err
	}
	defer func() { _ = a.Close() }()
	name := map[string]string{"cnil": "dossier.html", "edpb": "edpb.json", "madis": "madis.csv"}[c.Form]
	switch {
	case c.Complement && c.Form != "cnil":
		return usage("--complement: only with --form cnil")
	case c.Complement:
		name = "complement.json"
	case c.JSON && c.Form == "cnil":
		name = "dossier.json"
	case c.JSON && c.Form == "madis":
		name = "madis.json"
	}
	data, _, err := app.DossierFile(s, records(a), breach.IncidentID(c.Incident), breach.ControllerID(c.Controller), name)
	if err != nil {
		return err
	}
	if filepath.Ext(name) == ".json" {
		return s.document(json.RawMessage(data))
	}
	_, err = s.std.Out.Write(data)
	return err
}

// records are the steps that only read what was decided.
func records(a *app.App) *activity.Steps {
	return &activity.Steps{Store: a.Store, Now: now, Log: a.Log, DossierDir: filepath.Join(a.Config.Data, "dossiers"), Team: a.Config.Team}
}

// breachRegisterCmd is the register of every breach.
type breachRegisterCmd struct {
	Export registerExportCmd `cmd:"" help:"Write the register of all breaches, notified or not (GDPR Art. 33(5))."`
	Import registerImportCmd `cmd:"" help:"Take in the register that Madis kept."`
}

type registerExportCmd struct {
	Controller string `help:"Only this controller's." placeholder:"ID"`
	Form       string `enum:"table,madis,page" default:"table" help:"A table, Madis's field names, or a page to print (${enum})."`
	JSON       bool   `help:"One JSON document; with --form madis, a list as Madis has it."`
}

// Help shows an example.
func (registerExportCmd) Help() string {
	return "The register holds every controller's part of every incident, and what was taken in from another register. CSV goes to standard output; --form page gives HTML to print.\n\nExamples:\n  vigie register export > register.csv\n  vigie register export --form madis --controller ml-orbe > madis.csv\n  vigie register export --form page > register.html"
}

// Run writes the register.
func (c registerExportCmd) Run(s *session) error {
	a, err := s.existing()
	if err != nil {
		return err
	}
	defer func() { _ = a.Close() }()
	list, err := records(a).Breaches(s, breach.ControllerID(c.Controller))
	if err != nil {
		return err
	}
	entries := []authority.MadisEntry{}
	for _, e := range list {
		entries = append(entries, e.Madis)
	}
	var out bytes.Buffer
	switch {
	case c.Form == "page" && c.JSON:
		return usage("--json: not with --form page")
	case c.Form == "page":
		page, err := authority.PrintRegister(list, now())
		if err != nil {
			return err
		}
		out.Write(page)
	case c.Form == "madis" && c.JSON:
		return s.document(entries)
	case c.Form == "madis":
		err = authority.WriteMadis(&out, entries)
	case c.JSON:
		return s.document(struct {
			At      string            `json:"at"`
			Entries []authority.Entry `json:"entries"`
		}{now().Format("2006-01-02T15:04:05Z07:00"), list})
	default:
		err = authority.WriteRegister(&out, list)
	}
	if err != nil {
		return err
	}
	_, err = s.std.Out.Write(out.Bytes())
	return err
}

type registerImportCmd struct {
	File       string `arg:"" help:"CSV or JSON in Madis's field names." type:"path" placeholder:"FILE"`
	Controller string `required:"" help:"Whose register it is." placeholder:"ID"`
	JSON       bool   `help:"One JSON document."`
}

// Help shows an example.
func (registerImportCmd) Help() string {
	return "Every entry is checked against Madis's closed lists; one that Madis would not take refuses the whole file, with its number. Taking the same file in again changes nothing.\n\nExample:\n  vigie register import violations.csv --controller ml-orbe"
}

// Run takes the file in.
func (c registerImportCmd) Run(s *session) error {
	a, err := s.existing()
	if err != nil {
		return err
	}
	defer func() { _ = a.Close() }()
	in, err := os.Open(c.File)
	if err != nil {
		return usage("%w", err)
	}
	defer func() { _ = in.Close() }()
	n, fresh, err := records(a).TakeIn(s, in, breach.ControllerID(c.Controller), operator())
	if err != nil {
		return err
	}
	if c.JSON {
		return s.document(struct {
			Entries int   `json:"entries"`
			New     int64 `json:"new"`
		}{n, fresh})
	}
	s.note("%d entries, %d of them new", n, fresh)
	return nil
}
