package registry

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"vigie/internal/breach"
	"vigie/internal/seal"
)

// TestMain imports without end when it is the child of TestKill.
func TestMain(m *testing.M) {
	if dir := os.Getenv("VIGIE_TEST_IMPORT_INTO"); dir != "" {
		importForever(dir)
	}
	os.Exit(m.Run())
}

// persons writes n invented persons of a generation: the street tells which.
func persons(n, generation int) string {
	var b strings.Builder
	b.WriteString(personsHeader)
	for i := range n {
		row := strings.Replace(lina, "y1", fmt.Sprintf("p%d", i), 1)
		b.WriteString(strings.Replace(row, "3 rue", fmt.Sprintf("%d rue", generation), 1))
	}
	return b.String()
}

func importForever(dir string) {
	keys, err := seal.Open(filepath.Join(dir, "keys"))
	for generation := 1; err == nil; generation++ {
		o := options(filepath.Join(dir, "registry"), keys, persons(200, generation), relationsHeader+strings.ReplaceAll(linaMother, "y1", "p1"))
		o.Now = time.Now()
		_, _, err = Import(context.Background(), o)
	}
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

// Killed at any moment, an import leaves the old version or the new one.
func TestKill(t *testing.T) {
	dir := t.TempDir()
	keys, err := seal.Create(filepath.Join(dir, "keys"))
	if err != nil {
		t.Fatal(err)
	}
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 0))
	last := 0
	for range 20 {
		child := exec.Command(os.Args[0], "-test.run=^$")
		child.Env = append(os.Environ(), "VIGIE_TEST_IMPORT_INTO="+dir)
		if err := child.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(20*time.Millisecond + time.Duration(r.IntN(80))*time.Millisecond)
		for wait := 0; last == 0 && wait < 1000; wait++ { // a busy machine needs longer for the first version
			if v, _ := InForce(filepath.Join(dir, "registry")); v > 0 {
				break
			}
			time.Sleep(10 * time.Millisecond)
		}
		if err := child.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = child.Wait() // it was killed: that is its error
		last = checkVersion(t, filepath.Join(dir, "registry"), keys, last)
	}
	if last == 0 {
		t.Error("no child lived long enough to import anything")
	}
}

// checkVersion verifies what a killed import left; versions only grow.
func checkVersion(t *testing.T, dir string, keys Sealer, last int) int {
	t.Helper()
	reg, err := Open(dir, keys)
	if errors.Is(err, breach.ErrNotFound) && last == 0 {
		return 0
	}
	if err != nil {
		t.Fatalf("after version %d: %v", last, err)
	}
	defer func() { _ = reg.Close() }()
	if err := reg.Verify(); err != nil || reg.Info().Persons != 200 || reg.Info().Version < last {
		t.Fatalf("after version %d: %+v, %v", last, reg.Info(), err)
	}
	return reg.Info().Version
}

func FuzzImport(f *testing.F) {
	for _, seed := range []string{"", personsHeader, personsHeader + lina, personsHeader + lina + omar, "id,birth_name,given_names,birth_date\n1,a,b,\n", "\"id\n", "id;x\n", `{"id":1,"nom":"a","prenom":"b","dob":"1/2/2003"}`, "id;nom;prenom;ne_le\n1;a;b;13/02/2003\n"} {
		f.Add([]byte(seed), []byte(relationsHeader+linaMother))
	}
	keys := newKeys(f)
	f.Fuzz(func(t *testing.T, persons, relations []byte) {
		dir := t.TempDir()
		_, _, err := Import(context.Background(), options(dir, keys, string(persons), string(relations)))
		if err != nil {
			if !errors.Is(err, breach.ErrInvalid) {
				t.Fatalf("an error that is no refusal: %v", err)
			}
			return
		}
		if err := open(t, dir, keys).Verify(); err != nil {
			t.Fatal(err)
		}
	})
}

func BenchmarkOpen(b *testing.B) {
	keys, dir := newKeys(b), b.TempDir()
	if _, _, err := Import(context.Background(), options(dir, keys, persons(20_000, 1), relationsHeader)); err != nil {
		b.Fatal(err)
	}
	b.Run("registry", func(b *testing.B) {
		for b.Loop() {
			r, err := Open(dir, keys)
			if err != nil {
				b.Fatal(err)
			}
			_ = r.Close()
		}
	})
	r, err := Open(dir, keys)
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = r.Close() }()
	b.Run("subject", func(b *testing.B) {
		for i := 0; b.Loop(); i++ {
			if _, err := r.Subject(context.Background(), breach.PersonID(fmt.Sprintf("p%d", i%20_000))); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("records", func(b *testing.B) {
		for b.Loop() {
			for _, err := range r.Records() {
				if err != nil {
					b.Fatal(err)
				}
			}
		}
		b.ReportMetric(20_000*float64(b.N)/b.Elapsed().Seconds(), "records/s")
	})
}
