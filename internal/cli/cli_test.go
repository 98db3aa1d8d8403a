package cli_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	_ "modernc.org/sqlite"

	"vigie/internal/app"
	"vigie/internal/breach"
	"vigie/internal/cli"
	"vigie/internal/reading"
)

// The program runs as the test binary, without the workflow engine.
func TestMain(m *testing.M) {
	reading.ServeChild()
	testscript.Main(m, map[string]func(){"vigie": func() {
		os.Exit(cli.Main(os.Args[1:], cli.IO{In: os.Stdin, Out: os.Stdout, Err: os.Stderr}, nil))
	}})
}

func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireUniqueNames:  true,
		RequireExplicitExec: true,
		Setup: func(env *testscript.Env) error {
			env.Setenv("VIGIE_KEYS", filepath.Join(env.WorkDir, "keys"))
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"code": code, "hex": writeHex, "cut": cut, "flip": flip, "sub": sub, "sql": execSQL, "warc": writeWARC,
			"incident": incident,
		},
	})
}

// code STATUS COMMAND... runs a command that must end with a status.
func code(ts *testscript.TestScript, neg bool, args []string) {
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		var exit *exec.ExitError
		if !errors.As(err, &exit) {
			ts.Fatalf("%v", err)
		}
		got = exit.ExitCode()
	}
	if got != want {
		ts.Fatalf("exit status %d, want %d", got, want)
	}
}

// hex FILE DIGITS writes bytes.
func writeHex(ts *testscript.TestScript, _ bool, args []string) {
	data, err := hex.DecodeString(args[1])
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), data, 0o600))
}

// cut FILE N UNIT keeps the first N bytes or lines.
func cut(ts *testscript.TestScript, _ bool, args []string) {
	path := ts.MkAbs(args[0])
	data, err := os.ReadFile(path)
	ts.Check(err)
	n, err := strconv.Atoi(args[1])
	ts.Check(err)
	if args[2] == "lines" {
		data = bytes.Join(bytes.SplitAfter(data, []byte("\n"))[:n], nil)
	} else {
		data = data[:n]
	}
	ts.Check(os.WriteFile(path, data, 0o600))
}

// flip FILE TEXT changes one bit of the first byte of a text.
func flip(ts *testscript.TestScript, _ bool, args []string) {
	path := ts.MkAbs(args[0])
	data, err := os.ReadFile(path)
	ts.Check(err)
	i := bytes.Index(data, []byte(args[1]))
	if i < 0 {
		ts.Fatalf("%s does not hold %q", args[0], args[1])
	}
	data[i] ^= 1
	ts.Check(os.WriteFile(path, data, 0o600))
}

// sub FILE OLD NEW replaces a text that must be there, once.
func sub(ts *testscript.TestScript, _ bool, args []string) {
	path := ts.MkAbs(args[0])
	data, err := os.ReadFile(path)
	ts.Check(err)
	if !bytes.Contains(data, []byte(args[1])) {
		ts.Fatalf("%s does not hold %q", args[0], args[1])
	}
	ts.Check(os.WriteFile(path, bytes.Replace(data, []byte(args[1]), []byte(args[2]), 1), 0o600))
}

// sql FILE STATEMENT... goes to the database behind the program's back.
func execSQL(ts *testscript.TestScript, _ bool, args []string) {
	db, err := sql.Open("sqlite", ts.MkAbs(args[0]))
	ts.Check(err)
	defer func() { _ = db.Close() }()
	for _, statement := range args[1:] {
		_, err := db.Exec(statement)
		ts.Check(err)
	}
}

// warc FILE writes one record as any tool might.
func writeWARC(ts *testscript.TestScript, _ bool, args []string) {
	body := "Bonjour"
	sum := sha256.Sum256([]byte(body))
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte("WARC/1.1\r\nWARC-Type: resource\r\n"+
		"WARC-Record-ID: <urn:uuid:5c3a4e5e-0c5e-4d1e-9a2e-0f1d5b9c7a11>\r\nWARC-Date: 2026-03-09T12:00:00Z\r\n"+
		"WARC-Target-URI: http://leaks.example.org/\r\nContent-Type: text/plain\r\n"+
		"WARC-Block-Digest: sha256:"+hex.EncodeToString(sum[:])+"\r\nContent-Length: 7\r\n\r\n"+body+"\r\n\r\n"), 0o600))
}

// incident DATA STAGE opens an incident with a sealed dump and moves it on.
func incident(ts *testscript.TestScript, _ bool, args []string) {
	cfg, err := app.Load("", ts.MkAbs(args[0]))
	ts.Check(err)
	cfg.Keys = ts.Getenv("VIGIE_KEYS")
	ctx := context.Background()
	a, err := app.Open(ctx, cfg, slog.New(slog.DiscardHandler))
	ts.Check(err)
	defer func() { _ = a.Close() }()
	at := time.Date(2026, 3, 9, 12, 0, 0, 0, time.UTC)
	_, err = a.Store.RaiseAlert(ctx, breach.Alert{ID: "alr_1", Post: "pst_1", Source: "harbour",
		Entity: "Mission Locale du Val d'Orbe", Kind: "mission_locale", Confidence: .9, RaisedAt: at, State: breach.AlertNew})
	ts.Check(err)
	ts.Check(a.Store.ConfirmAlert(ctx,
		breach.Acquisition{Alert: "alr_1", Link: "https://files.example.org/extract.csv", By: "camille",
			Purpose: "tell the people concerned", LegalBasis: "GDPR Art. 6(1)(e)", At: at},
		breach.Incident{ID: "inc_1", Alert: "alr_1", Title: "Mission Locale du Val d'Orbe", OpenedAt: at, OpenedBy: "camille", Stage: breach.StageAcquire},
		[]breach.RegistryID{"youth"}))
	rows := "nom;prénom;né(e) le;courriel\nLEMAIRE;Sacha;18/05/2007;sacha@example.org\nGILLARD;Léo;09/05/2006;leo@example.org\n"
	digest, size, err := a.Vault.PutDump(ctx, "dmp_1", "camille", "acquired", bytes.NewReader([]byte(rows)))
	ts.Check(err)
	ts.Check(a.Store.SaveDump(ctx, breach.Dump{ID: "dmp_1", Incident: "inc_1", Digest: digest, Bytes: size, AcquiredAt: at}, nil))
	for _, stage := range breach.Stages[1:] {
		if breach.Stage(args[1]).Before(stage) {
			break
		}
		ts.Check(a.Store.SetStage(ctx, "inc_1", stage, at))
	}
}
