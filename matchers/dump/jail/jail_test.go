package jail

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"

	"vigie/internal/breach"
)

func TestMain(m *testing.M) {
	if Child() {
		os.Exit(Serve(play))
	}
	if role := os.Getenv(roleName); role != "" {
		os.Exit(roles[role]())
	}
	os.Exit(m.Run())
}

// pattern is a served source of any size, whose bytes follow from their place.
type pattern struct{ size int64 }

const period = 65_521 // a prime, so that blocks differ

var table = func() []byte {
	b := make([]byte, period+blockSize)
	for i := range b {
		x := uint32(i%period) * 2654435761
		b[i] = byte(x >> 24)
	}
	return b
}()

func (s pattern) Size() int64 { return s.size }

func (s pattern) ReadAt(p []byte, off int64) (n int, err error) {
	for n < len(p) && off < s.size {
		from := table[off%period:]
		got := copy(p[n:], from[:min(int64(len(from)), s.size-off)])
		n, off = n+got, off+int64(got)
	}
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

// written is a file with the bytes of a pattern, open for reading and writing.
func written(t testing.TB, size int64) file {
	t.Helper()
	f, err := os.Create(filepath.Join(t.TempDir(), "source"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	if _, err := io.Copy(f, io.NewSectionReader(pattern{size}, 0, size)); err != nil {
		t.Fatal(err)
	}
	return file{f, size}
}

// file is a source that is a file in the clear.
type file struct {
	f    *os.File
	size int64
}

func (s file) ReadAt(p []byte, off int64) (int, error) { return s.f.ReadAt(p, off) }
func (s file) Size() int64                             { return s.size }
func (s file) File() *os.File                          { return s.f }

type answer struct {
	Kind byte
	Body string
}

// run runs one job and returns the answers.
func run(t testing.TB, j *Jail, job string, src Source) ([]answer, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	var all []answer
	err := j.Run(ctx, []byte(job), src, func(kind byte, b []byte) error {
		all = append(all, answer{kind, string(b)})
		return nil
	})
	return all, err
}

func code(err error) string {
	var r *breach.RefusedError
	if errors.As(err, &r) {
		return r.Code
	}
	return fmt.Sprint(err)
}

func sum(size int64) string {
	h := sha256.New()
	_, _ = io.Copy(h, io.NewSectionReader(pattern{size}, 0, size))
	return string(h.Sum(nil))
}

func TestReading(t *testing.T) {
	t.Parallel()
	sizes := []int64{0, 1, blockSize, 13*blockSize + 77}
	for _, size := range sizes {
		for _, piece := range []int{1000, 3 * blockSize} {
			for name, src := range map[string]Source{"served": pattern{size}, "descriptor": written(t, size)} {
				got, err := run(t, &Jail{}, "digest:"+strconv.Itoa(piece), src)
				if err != nil {
					t.Fatalf("%s, %d bytes by %d: %v", name, size, piece, err)
				}
				if diff := cmp.Diff([]answer{{1, sum(size)}}, got); diff != "" {
					t.Errorf("%s, %d bytes by %d: digest differs", name, size, piece)
				}
			}
		}
	}
}

func TestReadingAtRandom(t *testing.T) {
	t.Parallel()
	for _, size := range []int64{1, 30*blockSize + 3} {
		for name, src := range map[string]Source{"served": pattern{size}, "descriptor": written(t, size)} {
			if _, err := run(t, &Jail{}, "random", src); err != nil {
				t.Errorf("%s, %d bytes: %v", name, size, err)
			}
		}
	}
}

func TestReadingLeavesTheFile(t *testing.T) {
	src := written(t, 3000)
	if _, err := src.f.Seek(1234, io.SeekStart); err != nil {
		t.Fatal(err)
	}
	got, err := run(t, &Jail{}, "escape:"+strconv.Itoa(os.Getpid()), src)
	if err != nil || len(got) != 1 {
		t.Error(got, err)
	}
	if at, err := src.f.Seek(0, io.SeekCurrent); err != nil || at != 1234 {
		t.Errorf("position %d, %v", at, err)
	}
	if info, err := src.f.Stat(); err != nil || info.Size() != 3000 {
		t.Error(info, err)
	}
}

func TestAnswersInOrder(t *testing.T) {
	t.Parallel()
	got, err := run(t, &Jail{}, "answers", pattern{})
	if err != nil || len(got) != 1000 {
		t.Fatal(len(got), err)
	}
	for i, a := range got {
		if a.Kind != byte(i) || a.Body != strings.Repeat(string([]byte{byte(i)}), i*i%70000) {
			t.Fatalf("answer %d is another", i)
		}
	}
	got, err = run(t, &Jail{}, "large", pattern{})
	if err != nil || len(got) != 1 || len(got[0].Body) != MaxPayload {
		t.Error(len(got), err)
	}
}

// TestConfined tries some hundred ways out, on old and new threads.
func TestConfined(t *testing.T) {
	for name, src := range map[string]Source{"served": pattern{10}, "descriptor": written(t, 10)} {
		got, err := run(t, &Jail{SpoolDir: t.TempDir()}, "escape:"+strconv.Itoa(os.Getpid()), src)
		if err != nil {
			t.Fatal(err)
		}
		for _, a := range got {
			if a.Kind == 0 {
				t.Errorf("%s: not refused: %s", name, a.Body)
			} else if n, err := strconv.Atoi(a.Body); err != nil || n < 85 {
				t.Errorf("%s: only %s tries", name, a.Body)
			}
		}
	}
}

func TestChildHasNothing(t *testing.T) {
	t.Setenv("VIGIE_TEST_SECRET", leaked)
	got, err := run(t, &Jail{}, "environ", pattern{})
	if err != nil || len(got) != 1 || !strings.HasPrefix(got[0].Body, marker+"=") || strings.Count(got[0].Body, "\n") != 1 || !strings.HasSuffix(got[0].Body, "\nGOGC=off") {
		t.Error(got, err)
	}
	src := written(t, 1)
	// A file that everybody inherits, as shells and supervisors leave them.
	left := written(t, 1)
	fd, err := unix.Dup(int(left.f.Fd()))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = unix.Close(fd) }()
	for name, tc := range map[string]struct {
		src    Source
		dir    string
		source bool
	}{
		"served":     {pattern{1}, "", false},
		"descriptor": {src, "", true},
		"spool":      {pattern{1}, t.TempDir(), false},
	} {
		got, err := run(t, &Jail{SpoolDir: tc.dir}, "files", tc.src)
		if err != nil || len(got) != 1 {
			t.Fatal(name, got, err)
		}
		if strings.Contains(got[0].Body, inode(t, left.f)) {
			t.Errorf("%s: the child has an inherited file", name)
		}
		if strings.Contains(got[0].Body, inode(t, src.f)) != tc.source {
			t.Errorf("%s: the source is among its files: %t", name, !tc.source)
		}
		// 0 to 4, the spool, and six that the runtime may have opened.
		if n := len(strings.Fields(got[0].Body)); n < 5 || n > 12 {
			t.Errorf("%s: %d open files", name, n)
		}
	}
}

func inode(t *testing.T, f *os.File) string {
	t.Helper()
	var st unix.Stat_t
	if err := unix.Fstat(int(f.Fd()), &st); err != nil {
		t.Fatal(err)
	}
	return nameOf(st)
}

func TestLimitsInForce(t *testing.T) {
	var status, limits, stat string
	err := (&Jail{Memory: 100 << 20}).Run(context.Background(), []byte("pid"), pattern{1}, func(kind byte, b []byte) error {
		if kind != 0 {
			return nil
		}
		for file, to := range map[string]*string{"status": &status, "limits": &limits, "stat": &stat} {
			text, err := os.ReadFile("/proc/" + string(b) + "/" + file)
			if err != nil {
				return err
			}
			*to = string(text)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"NoNewPrivs:\t1", "Seccomp:\t2"} {
		if !strings.Contains(status, want) {
			t.Errorf("no %q in status", want)
		}
	}
	fields := map[string][]string{}
	for line := range strings.Lines(limits) {
		if len(line) > 26 {
			fields[strings.TrimSpace(line[:26])] = strings.Fields(line[26:])
		}
	}
	for name, want := range map[string]string{"Max core file size": "0", "Max file size": "0", "Max open files": "16"} {
		if f := fields[name]; len(f) < 2 || f[0] != want || f[1] != want {
			t.Errorf("%s is %v, want %s", name, f, want)
		}
	}
	if data, err := strconv.ParseInt(fields["Max data size"][1], 10, 64); err != nil || data < 200<<20 || data > 3<<30 {
		t.Errorf("data limit %d, %v", data, err)
	}
}

func TestRuntimeIsAtHome(t *testing.T) {
	t.Parallel()
	got, err := run(t, &Jail{}, "storm", pattern{})
	if diff := cmp.Diff([]answer{{1, "calm"}}, got); diff != "" || err != nil {
		t.Fatal(diff, err)
	}
}

func TestCheck(t *testing.T) {
	if err := (&Jail{}).Check(context.Background()); err != nil {
		t.Error(err)
	}
	if err := (&Jail{Exe: "/bin/true"}).Check(context.Background()); code(err) != CodeConfinement {
		t.Error(err)
	}
}

func TestSpoolInJail(t *testing.T) {
	const size = 7*blockSize + 99
	dir := t.TempDir()
	got, err := run(t, &Jail{SpoolDir: dir}, "spool", pattern{size})
	if diff := cmp.Diff([]answer{{1, sum(size / 2)}}, got); diff != "" || err != nil {
		t.Error(diff, err)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 0 {
		t.Error(left, err)
	}
	if _, err := run(t, &Jail{SpoolDir: filepath.Join(dir, "none")}, "spool", pattern{}); !errors.Is(err, os.ErrNotExist) {
		t.Error(err)
	}
}

// TestReadsMoreThanItHolds reads more than any child may hold.
func TestReadsMoreThanItHolds(t *testing.T) {
	t.Parallel()
	const size = 400 << 20
	got, err := run(t, &Jail{Memory: 96 << 20}, "digest:-65536", pattern{size})
	want := string(binary.LittleEndian.AppendUint64(nil, size))
	if diff := cmp.Diff([]answer{{1, want}}, got); diff != "" || err != nil {
		t.Error(diff, err)
	}
}

func TestNothingIsLeftBehind(t *testing.T) {
	files, goroutines := openFiles(t), runtime.NumGoroutine()
	for i := range 100 {
		job := []string{"nothing", "digest:4096", "panic", "refused"}[i%4]
		_, _ = run(t, &Jail{SpoolDir: t.TempDir()}, job, pattern{100})
	}
	if kids := children(t); kids != "" {
		t.Errorf("children left: %s", kids)
	}
	if now := openFiles(t); now > files {
		t.Errorf("%d descriptors, %d before", now, files)
	}
	for deadline := time.Now().Add(5 * time.Second); runtime.NumGoroutine() > goroutines; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			b := make([]byte, 1<<16)
			t.Fatalf("%d goroutines, %d before\n%s", runtime.NumGoroutine(), goroutines, b[:runtime.Stack(b, true)])
		}
	}
}

func openFiles(t *testing.T) int {
	t.Helper()
	names, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	return len(names)
}

// children are the process IDs of what this process has started, zombies too.
func children(t *testing.T) string {
	t.Helper()
	lists, err := filepath.Glob("/proc/self/task/*/children")
	if err != nil || len(lists) == 0 {
		t.Fatal("no lists of children", err)
	}
	var all []byte
	for _, l := range lists {
		b, err := os.ReadFile(l)
		if err == nil { // the thread may have gone
			all = append(all, b...)
		}
	}
	return string(all)
}
