// Command gen makes the embedded files of package france from the public
// sources named in data/README.md:
//
//	go run ./internal/france/gen --from FOLDER --to internal/france/data
//
// The folder holds etalab_communes.json.zst, epci.csv, epci.json, departements.json,
// insee_prenoms_1900_2018.csv.gz and insee_noms_2008.txt.gz. Output is the
// same for the same input.
package main

import (
	"bufio"
	"compress/gzip"
	"encoding/csv"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sort"
	"strconv"
	"strings"

	"github.com/klauspost/compress/zstd"
)

func main() {
	from := flag.String("from", "", "folder of the public sources")
	to := flag.String("to", "", "folder of the embedded files")
	flag.Parse()
	if err := run(*from, *to); err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1)
	}
}

func run(from, to string) error {
	communes, err := communes(from)
	if err != nil {
		return err
	}
	history, err := history(from)
	if err != nil {
		return err
	}
	bodies, err := bodies(from)
	if err != nil {
		return err
	}
	members, err := members(from)
	if err != nil {
		return err
	}
	given, men, err := givenNames(from)
	if err != nil {
		return err
	}
	names, err := surnames(from, men)
	if err != nil {
		return err
	}
	files := []struct {
		name  string
		lines []string
	}{{"communes.zst", communes}, {"history.zst", history}, {"bodies.zst", bodies}, {"members.zst", members}, {"given.zst", given}, {"surnames.zst", names}}
	for _, file := range files {
		if err := write(filepath.Join(to, file.name), file.lines); err != nil {
			return err
		}
	}
	return nil
}

// etalab reads the official list of communes, those of before too.
func etalab(from string, rows any) error {
	f, err := os.Open(filepath.Join(from, "etalab_communes.json.zst"))
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	z, err := zstd.NewReader(f)
	if err != nil {
		return err
	}
	defer z.Close()
	if err := json.NewDecoder(z).Decode(rows); err != nil {
		return fmt.Errorf("communes: %w", err)
	}
	return nil
}

// communes writes five columns one after the other, because equal things
// beside each other compress better: code, name, SIREN, population, postcodes.
func communes(from string) ([]string, error) {
	var rows []struct {
		Code, Nom, Type, Siren string
		CodesPostaux           []string
		Population             int
	}
	if err := etalab(from, &rows); err != nil {
		return nil, err
	}
	columns := make([][]string, 5)
	for _, r := range rows {
		if r.Type != "commune-actuelle" {
			continue
		}
		for i, v := range []string{r.Code, r.Nom, r.Siren, strconv.Itoa(r.Population), strings.Join(r.CodesPostaux, " ")} {
			columns[i] = append(columns[i], v)
		}
	}
	out := []string{strconv.Itoa(len(columns[0]))}
	for _, c := range columns {
		out = append(out, c...)
	}
	return out, nil
}

// bodies writes EPCI and departments, one a line with a leading letter.
func bodies(from string) ([]string, error) {
	f, err := os.Open(filepath.Join(from, "epci.csv"))
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("epci: %w", err)
	}
	var out []string
	for _, r := range rows[1:] {
		out = append(out, "E\t"+strings.Join(r, "\t"))
	}
	raw, err := os.ReadFile(filepath.Join(from, "departements.json"))
	if err != nil {
		return nil, err
	}
	var departments []struct{ Code, Nom, Region string }
	if err := json.Unmarshal(raw, &departments); err != nil {
		return nil, fmt.Errorf("departements: %w", err)
	}
	for _, d := range departments {
		out = append(out, "D\t"+d.Code+"\t"+d.Nom+"\t"+d.Region)
	}
	return out, nil
}

// members writes each EPCI with the INSEE codes of its communes.
func members(from string) ([]string, error) {
	raw, err := os.ReadFile(filepath.Join(from, "epci.json"))
	if err != nil {
		return nil, err
	}
	var list []struct {
		Code    string
		Membres []struct{ Code string }
	}
	if err := json.Unmarshal(raw, &list); err != nil {
		return nil, fmt.Errorf("epci.json: %w", err)
	}
	var out []string
	for _, e := range list {
		codes := make([]string, len(e.Membres))
		for i, m := range e.Membres {
			codes[i] = m.Code
		}
		sort.Strings(codes)
		out = append(out, e.Code+"\t"+strings.Join(codes, "\t"))
	}
	sort.Strings(out)
	return out, nil
}

// minGiven is the least number of births of a name and sex over 1900-2018.
const minGiven = 300

// givenNames writes name, sex and births per decade. It also returns the
// births of men before 1960 by folded name, which say how likely a given name
// is a family name too.
func givenNames(from string) ([]string, map[string]int, error) {
	f, err := os.Open(filepath.Join(from, "insee_prenoms_1900_2018.csv.gz"))
	if err != nil {
		return nil, nil, err
	}
	defer func() { _ = f.Close() }()
	z, err := gzip.NewReader(f)
	if err != nil {
		return nil, nil, err
	}
	type key struct{ name, sex string }
	births, total, men := map[key]*[12]int{}, map[key]int{}, map[string]int{}
	r := csv.NewReader(z)
	for {
		row, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, nil, fmt.Errorf("prenoms: %w", err)
		}
		year, err := strconv.Atoi(row[0])
		if err != nil {
			continue // the header
		}
		n, err := strconv.Atoi(row[3])
		if err != nil {
			return nil, nil, fmt.Errorf("prenoms: %w", err)
		}
		k := key{row[1], row[2]}
		if births[k] == nil {
			births[k] = &[12]int{}
		}
		births[k][(year-1900)/10] += n
		total[k] += n
		if k.sex == "M" && year < 1960 {
			men[fold(k.name)] += n
		}
	}
	var out []string
	for k, n := range total {
		if n < minGiven {
			continue
		}
		line := k.name + "\t" + k.sex
		for _, n := range births[k] {
			line += "\t"
			if n > 0 {
				line += strconv.Itoa(n)
			}
		}
		out = append(out, line)
	}
	sort.Strings(out)
	return out, men, nil
}

func write(path string, lines []string) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	z, err := zstd.NewWriter(f, zstd.WithEncoderLevel(zstd.SpeedBestCompression), zstd.WithWindowSize(8<<20))
	if err != nil {
		return err
	}
	b := bufio.NewWriter(z)
	for _, l := range lines {
		if _, err := b.WriteString(l + "\n"); err != nil {
			return err
		}
	}
	if err := b.Flush(); err != nil {
		return err
	}
	if err := z.Close(); err != nil {
		return err
	}
	return f.Close()
}
