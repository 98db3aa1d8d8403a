package dump

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"vigie/internal/breach"
	"vigie/matchers"
)

var today = time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC)

func from(text string) Opener {
	return func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(text)), nil }
}

func inspect(t testing.TB, text string, o Options) (*Layout, breach.Profile) {
	t.Helper()
	if o.Now.IsZero() {
		o.Now = today
	}
	l, p, err := Inspect(context.Background(), from(text), o)
	if err != nil {
		t.Fatal(err)
	}
	return l, p
}

func records(t testing.TB, text string, l *Layout) []matchers.Record {
	t.Helper()
	r, err := Open(from(text), l)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.Close() }()
	var out []matchers.Record
	for rec, err := range r.Records() {
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, rec)
	}
	return out
}

const leak = `N° dossier;Civilité;Nom;Prénom;Date de naissance;Nationalité;Email;Adresse;Code postal;Ville;Téléphone
1001;Mme;MARTINEAU;Lina Zoé;17/05/2009;Française;Lina.M@Example.org;3 rue des Lilas;1000;ORBEVILLE;06 39 98 00 01
1002;M.;N'GUESSAN;Omar;03/12/2001;Ivoirienne;omar@example.org;12 bis av. du Port;34000;AUTREVILLE;+33 (0)6 39 98 00 02
1003;M;LE GOFF;Yann;00/00/1999;Française;NULL;"Lieu dit ""Le Clos""; bât. B";34172;LOIN;0033639980003
`

func TestInspectAndRead(t *testing.T) {
	l, p := inspect(t, leak, Options{})
	var got []string
	for _, c := range l.Columns {
		got = append(got, c.Meaning)
	}
	want := []string{"row_id", "sex", "birth_name", "given_names", "birth_date", "nationality", "email", "street", "postcode", "city", "phone"}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	if l.Delimiter != ";" || !l.Header || l.Encoding != "utf-8" || l.Quote != `"` || l.Newline != "\n" {
		t.Errorf("layout = %+v", l)
	}
	if p.Rows != 3 || p.Refused != 0 || !p.Complete {
		t.Errorf("profile = %+v", p)
	}
	recs := records(t, leak, l)
	var values [][matchers.NumFields]string
	for _, r := range recs {
		values = append(values, r.Values)
	}
	row := func(birth, given, sex, date, nat, mail, tel, str, zip, town string) (v [matchers.NumFields]string) {
		v[matchers.BirthName], v[matchers.GivenNames], v[matchers.Sex], v[matchers.BirthDate], v[matchers.Nationality] = birth, given, sex, date, nat
		v[matchers.Email], v[matchers.Phone], v[matchers.Street], v[matchers.Postcode], v[matchers.City] = mail, tel, str, zip, town
		return v
	}
	if d := cmp.Diff([][matchers.NumFields]string{
		row("MARTINEAU", "Lina Zoé", "F", "2009-05-17", "Française", "lina.m@example.org", "+33639980001", "3 rue des Lilas", "01000", "ORBEVILLE"),
		row("N'GUESSAN", "Omar", "M", "2001-12-03", "Ivoirienne", "omar@example.org", "+33639980002", "12 bis av. du Port", "34000", "AUTREVILLE"),
		row("LE GOFF", "Yann", "M", "1999-00-00", "Française", "", "+33639980003", `Lieu dit "Le Clos"; bât. B`, "34172", "LOIN"),
	}, values); d != "" {
		t.Error(d)
	}
	if recs[2].Row != 3 {
		t.Errorf("row = %d", recs[2].Row)
	}
}

func TestRefusedFiles(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"empty", "", "empty"},
		{"blank", " \n\n\r\n", "empty"},
		{"zip", "PK\x03\x04\x14\x00", "unsupported-format"},
		{"pdf", "%PDF-1.7\n", "unsupported-format"},
		{"sqlite", "SQLite format 3\x00rest", "unsupported-format"},
		{"gzip", "\x1f\x8b\x08\x00", "unsupported-format"},
		{"html", "<!DOCTYPE html>\n<html>404", "unsupported-format"},
		{"json", `{"nom":"x"}`, "unsupported-format"},
		{"sql", "-- MySQL dump 10.13\nCREATE TABLE x", "unsupported-format"},
		{"bytes", strings.Repeat("\x00\x01\x02\x9f\x88\x03", 100), "not-text"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, _, err := Inspect(context.Background(), from(tt.text), Options{})
			var r *breach.RefusedError
			if !errors.As(err, &r) || r.Code != tt.want || r.Hint == "" {
				t.Errorf("got %v, want %s with a hint", err, tt.want)
			}
		})
	}
	missing := func() (io.ReadCloser, error) { return nil, breach.ErrNotFound }
	if _, _, err := Inspect(context.Background(), missing, Options{}); !errors.Is(err, breach.ErrNotFound) {
		t.Errorf("missing: %v", err)
	}
}
