package cli

import (
	"bufio"
	"cmp"
	"encoding/csv"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"time"

	"vigie/matchers/linkage"
)

// linkCmd links any two files, or one with itself.
type linkCmd struct {
	Left     string `arg:"" help:"CSV file."`
	Right    string `arg:"" optional:"" help:"CSV file to link it with (default: find the duplicates in the first)."`
	Spec     string `help:"What the columns mean (YAML)." required:"" type:"path" placeholder:"FILE"`
	Out      string `help:"File for the pairs (default: standard output)." type:"path" placeholder:"FILE"`
	Clusters string `help:"File for the clusters: every record and the smallest ID of its cluster." type:"path" placeholder:"FILE"`
}

// Help shows the specification.
func (linkCmd) Help() string {
	return `Prints left_id,right_id,weight,probability: every pair with a probability of at least 0.01, sorted. The weight is in bits. It trains itself on the files.

The specification:
  id: rec_id              # column of the left file that tells records apart
  right_id: rec_id        # of the right file, when it is another
  one_to_one: true        # a record has at most one equal on the other side
  fields:
    - {column: first_name, meaning: given_name}
    - {column: surname, right_column: last_name, meaning: surname}
    - {column: dob, meaning: birth_date}

Meanings: ` + meaningNames() + `. Columns of one meaning are joined.

Examples:
  vigie link a.csv b.csv --spec spec.yaml > pairs.csv
  vigie link people.csv --spec spec.yaml --out pairs.csv --clusters clusters.csv`
}

// Run links and writes the pairs.
func (c linkCmd) Run(s *session) error {
	sp, err := readSpec(c.Spec)
	if err != nil {
		return err
	}
	if err := c.places(); err != nil {
		return err
	}
	began := time.Now()
	left, right, err := c.read(sp)
	if err != nil {
		return err
	}
	if c.Right != "" {
		if id, shared := sharedID(left, right); shared && c.Clusters != "" {
			return usage("--clusters: the files share IDs (left row %d): clusters could not tell them apart", id)
		}
	}
	opt := linkage.LinkOptions{OneToOne: sp.OneToOne}
	var pairs []linkage.Pair
	if c.Right == "" {
		pairs, err = linkage.Dedupe(s, sp.meanings(), left, opt)
	} else {
		pairs, err = linkage.Link(s, sp.meanings(), left, right, opt)
	}
	if err != nil {
		return fmt.Errorf("linking: %w", err)
	}
	if err := c.write(s, pairs, append(left, right...)); err != nil {
		return err
	}
	s.note("%d pairs of %d records in %.1f s", len(pairs), len(left)+len(right), time.Since(began).Seconds())
	return nil
}

// read reads both files at once.
func (c linkCmd) read(sp spec) (left, right []linkage.Row, err error) {
	var wg sync.WaitGroup
	var failed error
	if c.Right != "" {
		wg.Go(func() { right, failed = sp.read(c.Right, true) })
	}
	left, err = sp.read(c.Left, false)
	wg.Wait()
	return left, right, cmp.Or(err, failed)
}

// places checks that what is written replaces nothing that is read.
func (c linkCmd) places() error {
	for _, path := range []string{c.Out, c.Clusters} {
		if path == "" {
			continue
		}
		if !exists(filepath.Dir(path)) {
			return usage("there is no directory %s", filepath.Dir(path))
		}
		for _, in := range []string{c.Left, c.Right, c.Spec} {
			if sameFile(path, in) {
				return usage("%s is read: name another file to write", path)
			}
		}
	}
	if c.Out != "" && c.Out == c.Clusters {
		return usage("--out and --clusters name one file: name two")
	}
	return nil
}

func sharedID(left, right []linkage.Row) (row int, shared bool) {
	seen := make(map[string]bool, len(right))
	for i := range right {
		seen[right[i].ID] = true
	}
	for i := range left {
		if seen[left[i].ID] {
			return i + 1, true
		}
	}
	return 0, false
}

func (c linkCmd) write(s *session, pairs []linkage.Pair, records []linkage.Row) error {
	err := writeTo(s, c.Out, []string{"left_id", "right_id", "weight", "probability"}, func(w *csv.Writer) error {
		for _, p := range pairs {
			if err := w.Write([]string{p.Left, p.Right, decimals(p.Weight, 4), decimals(p.Probability, 9)}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil || c.Clusters == "" {
		return err
	}
	of, err := linkage.Clusters(pairs, linkage.LinkThreshold)
	if err != nil {
		return err
	}
	return writeTo(s, c.Clusters, []string{"id", "cluster"}, func(w *csv.Writer) error {
		slices.SortFunc(records, func(a, b linkage.Row) int { return cmp.Compare(a.ID, b.ID) })
		for i := range records {
			id := records[i].ID
			cluster := of[id]
			if cluster == "" {
				cluster = id // on its own
			}
			if err := w.Write([]string{id, cluster}); err != nil {
				return err
			}
		}
		return nil
	})
}

func decimals(v float64, n int) string { return strconv.FormatFloat(v, 'f', n, 64) }

// writeTo writes a CSV file, or standard output when the path is empty.
func writeTo(s *session, path string, header []string, rows func(*csv.Writer) error) error {
	if path == "" {
		return writeCSV(s.std.Out, header, rows)
	}
	f, err := create(path)
	if err != nil {
		return err
	}
	defer f.discard()
	if err := writeCSV(f, header, rows); err != nil {
		return err
	}
	return f.commit()
}

func writeCSV(out io.Writer, header []string, rows func(*csv.Writer) error) error {
	buf := bufio.NewWriter(out)
	w := csv.NewWriter(buf)
	if err := w.Write(header); err != nil {
		return err
	}
	if err := rows(w); err != nil {
		return err
	}
	w.Flush()
	if err := w.Error(); err != nil {
		return err
	}
	return buf.Flush()
}
