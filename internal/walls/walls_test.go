package walls

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// may lists, for every package of the house, which other packages of the house
// it may import. Children of a room import their root, never a sibling.
var may = map[string][]string{
	"": {"internal/app", "internal/cli", "internal/reading", "workflows/embedded"},

	// The nouns, and leaves that know nothing of the rest.
	"internal/breach": {},
	"internal/lock":   {},
	"internal/seal":   {"internal/lock"},
	// A key service behind seal.Wrapper.
	"internal/seal/kms":         {"internal/breach"},
	"internal/seal/kms/kmstest": {},
	"internal/blob":             {"internal/breach"},
	"internal/i18n":             {"internal/breach"},
	"internal/france":           {},
	"internal/walls":            {},

	"internal/cfb":     {},
	"internal/charset": {},
	"internal/ident":   {},
	"internal/sample":  {"internal/ident"},
	"internal/setting": {"internal/breach"},

	// Where things rest.
	"internal/store":                 {"internal/breach", "internal/lock"},
	"internal/store/storetest":       {"internal/breach", "internal/store"},
	"internal/blob/blobtest":         {"internal/blob", "internal/breach"},
	"internal/evidence":              {"internal/blob", "internal/breach"},
	"internal/evidence/bundle":       {"internal/breach", "internal/evidence"},
	"internal/evidence/evidencetest": {},
	"internal/console":               {"internal/breach", "internal/i18n", "internal/sample", "matchers", "notify", "notify/facts", "notify/forecast"},
	"internal/console/consoletest":   {"internal/breach", "internal/console", "matchers", "notify", "notify/facts", "notify/forecast"},

	// The rooms.
	"crawlers":         {"internal/breach"},
	"crawlers/event":   {"internal/breach"},
	"crawlers/extract": {"internal/breach", "internal/charset", "internal/setting", "crawlers"},
	"crawlers/render":  {"internal/breach", "crawlers"},
	"crawlers/tortest": {"internal/breach", "crawlers"},
	"crawlers/index":   {"internal/breach", "internal/sample", "crawlers"},
	"crawlers/watch":   {"internal/breach", "internal/france", "internal/ident", "internal/setting", "crawlers"},
	"crawlers/export":  {"internal/breach", "internal/sample", "crawlers"},
	"crawlers/report":  {"internal/breach", "crawlers"},
	"matchers":         {},
	"matchers/dump":    {"internal/breach", "internal/ident", "matchers"},
	// Formats of dumps, and the jail that they run in.
	"matchers/dump/archive":  {"internal/breach", "internal/charset", "matchers/dump"},
	"matchers/dump/document": {"internal/breach", "internal/cfb", "internal/charset", "matchers/dump", "matchers/dump/parcel"},
	"matchers/dump/dumptest": {"matchers/dump"},
	"matchers/dump/jail":     {"internal/breach"},
	"matchers/dump/object":   {"internal/breach", "internal/charset", "matchers/dump", "matchers/dump/window"},
	"matchers/dump/parcel":   {"matchers/dump"},
	"matchers/dump/parquet":  {"internal/breach", "matchers/dump"},
	"matchers/dump/sheet":    {"internal/breach", "internal/cfb", "internal/charset", "matchers/dump", "matchers/dump/parcel"},
	"matchers/dump/sqldump":  {"internal/breach", "internal/charset", "matchers/dump", "matchers/dump/window"},
	"matchers/dump/window":   {},
	"matchers/dump/text":     {"internal/breach", "internal/charset", "internal/ident", "matchers/dump"},
	"matchers/private":       {"internal/breach"},
	"matchers/registry":      {"internal/breach", "internal/ident", "internal/setting", "matchers"},
	"matchers/linkage":       {"internal/breach", "internal/ident", "matchers"},
	"notify":                 {"internal/breach"},
	"notify/recipient":       {"internal/breach", "notify"},
	"notify/facts":           {"internal/breach", "internal/i18n", "internal/ident", "internal/setting", "notify"},
	"notify/forecast":        {"internal/breach", "internal/i18n", "internal/setting"},
	"notify/wording":         {"internal/breach", "internal/i18n", "notify"},
	"notify/lint":            {"internal/breach", "notify"},
	"notify/email":           {"internal/breach", "internal/i18n", "notify"},
	"notify/email/report":    {"internal/breach", "notify", "notify/email"},
	"notify/email/ses":       {"internal/breach", "notify", "notify/email"},
	"notify/sms":             {"internal/breach", "internal/france", "notify"},
	"notify/letter":          {"internal/blob", "internal/breach", "internal/france", "internal/i18n", "notify"},
	"notify/letter/maileva":  {"internal/breach", "notify", "notify/letter"},
	"notify/letter/proof":    {"internal/breach", "notify/letter"},
	"notify/mark":            {"internal/breach", "notify"},
	"notify/counterfeit":     {"notify/mark"},
	"notify/page":            {"internal/breach", "internal/i18n", "notify"},
	"notify/authority":       {"internal/breach", "internal/i18n", "notify"},
	"notify/duty":            {"internal/breach", "internal/setting", "notify"},
	"notify/institution":     {"internal/breach", "internal/i18n", "notify"},
	"notify/weather":         {"internal/breach", "internal/i18n", "notify"},
	"notify/notifytest":      {"internal/breach", "notify"},
	"notify/route":           {"internal/breach", "notify"},

	// The spine: deterministic workflows, and the steps that put rooms together.
	"workflows":               {"internal/breach"},
	"workflows/codec":         {"internal/breach"},
	"workflows/workflowstest": {"internal/breach", "workflows", "workflows/codec"},
	"workflows/embedded":      {"internal/breach", "workflows", "workflows/codec"},
	"workflows/activity": {
		"internal/breach", "internal/evidence", "internal/france", "internal/i18n", "internal/sample", "internal/seal", "internal/store",
		"crawlers", "crawlers/export", "crawlers/index", "crawlers/report", "crawlers/watch",
		"matchers", "matchers/dump", "matchers/linkage", "matchers/registry",
		"notify", "notify/authority", "notify/counterfeit", "notify/duty", "notify/facts", "notify/forecast", "notify/institution", "notify/letter", "notify/lint", "notify/mark", "notify/page", "notify/recipient", "notify/sms", "notify/weather", "notify/wording", "workflows",
	},

	// Puts formats together and reads in the jail.
	"internal/reading": {
		"internal/breach", "internal/france", "matchers", "matchers/dump", "matchers/dump/archive", "matchers/dump/document", "matchers/dump/jail",
		"matchers/dump/object", "matchers/dump/parquet", "matchers/dump/sheet", "matchers/dump/sqldump", "matchers/dump/text",
	},

	// Assembly: they may import everything but each other's clients.
	"internal/app":  nil,
	"internal/demo": nil,
	"internal/cli":  nil,

	// Invented people: no room imports them (decisions.md 24).
	"internal/synth":      {"internal/breach", "internal/france"},
	"internal/france/gen": {"internal/france"},
}

// only names who may import a package that most must not know.
var only = map[string][]string{
	"internal/synth":     {"internal/cli", "internal/demo"},
	"internal/demo":      {"internal/cli"},
	"internal/cli":       {""},
	"internal/app":       {"", "internal/cli", "internal/demo"},
	"workflows/embedded": {""},
	"internal/reading":   {"", "internal/app", "internal/cli"},
}

// foreign forbids modules to packages: purity and determinism.
var foreign = map[string][]string{
	"internal/breach":    {"."}, // the standard library alone
	"matchers":           {"."},
	"matchers/linkage":   {"database/sql", "net", "net/http", "os"},
	"notify/recipient":   {"database/sql", "net/http", "os"},
	"workflows":          {"database/sql", "net/http", "os", "math/rand", "math/rand/v2", "crypto/rand"},
	"workflows/codec":    {"go.temporal.io/server"},
	"workflows/activity": {"go.temporal.io/server"},
}

type listed struct {
	ImportPath string
	Imports    []string
}

func packages(t *testing.T) []listed {
	t.Helper()
	cmd := exec.Command("go", "list", "-json=ImportPath,Imports", "vigie/...")
	cmd.Dir = "../.."
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("listing packages: %v", err)
	}
	var all []listed
	for dec := json.NewDecoder(bufio.NewReader(bytes.NewReader(out))); ; {
		var p listed
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
}

func TestWalls(t *testing.T) {
	all := packages(t)
	if len(all) < 10 {
		t.Fatalf("only %d packages listed", len(all))
	}
	for _, p := range all {
		name := strings.TrimPrefix(strings.TrimPrefix(p.ImportPath, "vigie"), "/")
		allowed, known := may[name]
		if !known {
			t.Errorf("package %q is not on the map: place it in walls_test.go and in ARCHITECTURE.md", name)
			continue
		}
		for _, imp := range p.Imports {
			in, ours := strings.CutPrefix(imp, "vigie")
			if !ours {
				continue
			}
			in = strings.TrimPrefix(in, "/")
			if allowed != nil && !slices.Contains(allowed, in) {
				t.Errorf("%q imports %q", name, in)
			}
			if who, guarded := only[in]; guarded && !slices.Contains(who, name) {
				t.Errorf("%q imports %q, which only %q may", name, in, who)
			}
		}
	}
}

func TestForeign(t *testing.T) {
	for _, p := range packages(t) {
		name := strings.TrimPrefix(strings.TrimPrefix(p.ImportPath, "vigie"), "/")
		for _, bad := range foreign[name] {
			for _, imp := range p.Imports {
				if bad == "." && strings.Contains(strings.Split(imp, "/")[0], ".") {
					t.Errorf("%q imports %s: only the standard library is allowed", name, imp)
				}
				if imp == bad || strings.HasPrefix(imp, bad+"/") {
					t.Errorf("%q imports %s", name, imp)
				}
			}
		}
	}
}

// TestServerStaysOut holds the line that keeps builds short: only the embedded
// package may reach the Temporal server.
func TestServerStaysOut(t *testing.T) {
	cmd := exec.Command("go", "list", "-tags", "noembed", "-deps", "vigie")
	cmd.Dir = "../.."
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("listing dependencies: %v", err)
	}
	for dep := range strings.Lines(string(out)) {
		if strings.HasPrefix(dep, "go.temporal.io/server/") {
			t.Errorf("the noembed build contains %s", strings.TrimSpace(dep))
		}
	}
}
