package jail

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"

	"vigie/internal/breach"
)

// TestEnds has children end in every bad way. Each has its code, none has a
// word of the child.
func TestEnds(t *testing.T) {
	frames := func(parts ...string) string { return "raw:" + strings.Join(parts, "") }
	head := func(typ, kind byte, size uint32) string {
		return string(binary.LittleEndian.AppendUint32([]byte{typ, kind}, size))
	}
	request := func(off uint64, n uint32) string {
		return head(frameRead, 0, requestSize) + string(binary.LittleEndian.AppendUint32(binary.LittleEndian.AppendUint64(nil, off), n))
	}
	for _, tc := range []struct{ name, job, code, hint string }{
		{"memory of Go", "hog", CodeMemory, "64 MiB"},
		{"memory of the system", "map", CodeMemory, "64 MiB"},
		{"memory at once", "giant", CodeMemory, "no more memory"},
		{"killed from outside", "signal", CodeMemory, "the system killed"},
		{"endless loop", "spin", CodeStalled, "250ms"},
		{"waiting", "sleep", CodeStalled, "250ms"},
		{"only errors printed", "chatter", CodeStalled, "250ms"},
		{"panic", "panic", CodeCrashed, "with: panic in vigie/matchers/dump/jail."},
		{"panic of another goroutine", "panic-later", CodeCrashed, "status 2"},
		{"index", "index", CodeCrashed, "with: index out of range in vigie/matchers/dump/jail."},
		{"nil", "nil", CodeCrashed, "with: nil pointer dereference in vigie/matchers/dump/jail."},
		{"panic in a library", "library", CodeCrashed, "with: negative Repeat count in vigie/matchers/dump/jail."},
		{"panic of a known kind elsewhere", "repanic", CodeCrashed, "with: interface conversion in vigie/matchers/dump/jail."},
		{"panic report that lies", frames(head(framePanic, 0, panicSize), "\x01", "\xff\xff\xff\xff\xff\xff\xff\x7f"), CodeCrashed, "index out of range;"},
		{"panic report of no known word", frames(head(framePanic, 0, panicSize), "\xff", "12345678"), CodeGarbled, "protocol"},
		{"panic report cut short", frames(head(framePanic, 0, 1), "\x01"), CodeGarbled, "protocol"},
		{"stack", "stack", CodeCrashed, "stack overflow"},
		{"exit without a word", "exit", CodeCrashed, "status 0"},
		{"exit status", "exit9", CodeCrashed, "status 9"},
		{"abort", "abort", CodeCrashed, "SIGABRT"},
		{"closed pipe", "mute", CodeCrashed, "did not go"},
		{"noise", "noise", CodeGarbled, "protocol"},
		{"unknown type", frames(head('Z', 0, 0)), CodeGarbled, "protocol"},
		{"answer too long", frames(head(frameAnswer, 0, MaxPayload+1)), CodeGarbled, "protocol"},
		{"answer of 4 GiB", frames(head(frameAnswer, 0, 1<<32-1)), CodeGarbled, "protocol"},
		{"answer that does not come", frames(head(frameAnswer, 0, MaxPayload), "abc"), CodeStalled, "250ms"},
		{"ready again", frames(head(frameReady, 0, 0)), CodeGarbled, "protocol"},
		{"unfit too late", frames(head(frameUnfit, 3, 0)), CodeGarbled, "protocol"},
		{"tick with a kind", frames(head(frameTick, 1, 0)), CodeGarbled, "protocol"},
		{"request cut short", frames(head(frameRead, 0, 4), "abcd"), CodeGarbled, "protocol"},
		{"request beyond the end", frames(request(100, 1)), CodeGarbled, "protocol"},
		{"request across the end", frames(request(0, 101)), CodeGarbled, "protocol"},
		{"request before the start", frames(request(1<<63, 1)), CodeGarbled, "protocol"},
		{"request of nothing", frames(request(0, 0)), CodeGarbled, "protocol"},
		{"request too long", frames(request(0, blockSize+1)), CodeGarbled, "protocol"},
		{"request wraps", frames(request(1<<63-1, 1<<32-1)), CodeGarbled, "protocol"},
		{"error that is none", frames(head(frameErr, 0, 3), "abc"), CodeGarbled, "protocol"},
		{"error with an odd code", frames(head(frameErr, 0, 15), `{"Code":"A b;"}`), CodeGarbled, "protocol"},
		{"done, then stays", frames(head(frameDone, 0, 0)), CodeCrashed, "did not go"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			j := &Jail{Memory: 64 << 20, What: "DMP-7"}
			if tc.code == CodeStalled {
				j.Stall = 250 * time.Millisecond
			}
			_, err := run(t, j, tc.job, pattern{100})
			var r *breach.RefusedError
			if !errors.As(err, &r) {
				t.Fatal(err)
			}
			if r.Code != tc.code || !strings.Contains(r.Hint, tc.hint) || r.What != "DMP-7" {
				t.Errorf("got %q (%s), want %q (%s)", r.Code, r.Hint, tc.code, tc.hint)
			}
			if text := err.Error() + r.Hint; strings.Contains(text, "durand") {
				t.Errorf("a value is in %q", text)
			}
		})
	}
}

// TestManyRequestsAreBounded: a child that asks and never takes is stalled.
func TestManyRequestsAreBounded(t *testing.T) {
	one := string(binary.LittleEndian.AppendUint32([]byte{frameRead, 0}, requestSize)) +
		string(binary.LittleEndian.AppendUint32(make([]byte, 8), blockSize))
	_, err := run(t, &Jail{Stall: 300 * time.Millisecond}, "raw:"+strings.Repeat(one, 50_000), pattern{blockSize})
	// The child's own reader does not know the answers, and leaves.
	if c := code(err); c != CodeCrashed && c != CodeStalled {
		t.Error(err)
	}
}

func TestParentStaysSmall(t *testing.T) {
	before := resident(t)
	for _, job := range []string{"hog", "map"} {
		if _, err := run(t, &Jail{Memory: 200 << 20}, job, pattern{}); code(err) != CodeMemory {
			t.Error(err)
		}
	}
	if grown := resident(t) - before; grown > 40<<20 {
		t.Errorf("the parent grew by %d MiB", grown>>20)
	}
}

func resident(t *testing.T) int64 {
	t.Helper()
	b, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		t.Fatal(err)
	}
	pages, err := strconv.ParseInt(strings.Fields(string(b))[1], 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return pages * int64(os.Getpagesize())
}

// TestHandlerErrors: they keep their code or kind, and lose what is not text.
func TestHandlerErrors(t *testing.T) {
	_, err := run(t, &Jail{}, "refused", pattern{})
	var r *breach.RefusedError
	if !errors.As(err, &r) {
		t.Fatal(err)
	}
	want := breach.RefusedError{Code: "zip-bomb", What: "a.zip", Hint: "unpack it[31m by hand"}
	if diff := cmp.Diff(want, *r); diff != "" {
		t.Error(diff)
	}
	if _, err := run(t, &Jail{}, "temporary", pattern{}); !errors.Is(err, breach.ErrTemporary) || err.Error() != "line 3: temporary" {
		t.Error(err)
	}
	if _, err := run(t, &Jail{}, "plain", pattern{}); err == nil || err.Error() != "line 4: oddsecond line" {
		t.Error(err)
	}
	if _, err := run(t, &Jail{}, "long", pattern{}); err == nil || len(err.Error()) > maxText || !strings.HasPrefix(err.Error(), "éé") {
		t.Error(err)
	}
}

// TestSlowParentIsNotAStall: the time of src and each is not the child's.
func TestSlowParentIsNotAStall(t *testing.T) {
	t.Parallel()
	j := &Jail{Stall: 500 * time.Millisecond}
	n := 0
	err := j.Run(context.Background(), []byte("digest:4096"), slow{pattern{10}}, func(byte, []byte) error {
		n++
		time.Sleep(700 * time.Millisecond)
		return nil
	})
	if err != nil || n != 1 {
		t.Error(n, err)
	}
}

type slow struct{ pattern }

func (s slow) ReadAt(p []byte, off int64) (int, error) {
	time.Sleep(700 * time.Millisecond)
	return s.pattern.ReadAt(p, off)
}

// TestQuietWorkIsNotAStall: reading a descriptor is progress.
func TestQuietWorkIsNotAStall(t *testing.T) {
	t.Parallel()
	j := &Jail{Stall: 500 * time.Millisecond}
	if _, err := run(t, j, "rescan:1200ms", written(t, 3*blockSize)); err != nil {
		t.Error(err)
	}
}

func TestErrorsOfTheParent(t *testing.T) {
	mine := errors.New("no room")
	err := (&Jail{}).Run(context.Background(), []byte("answers"), pattern{}, func(k byte, _ []byte) error {
		if k == 5 {
			return mine
		}
		return nil
	})
	if err != mine {
		t.Error(err)
	}
	_, err = run(t, &Jail{}, "digest:100", broken{pattern{1000}})
	if !errors.Is(err, errBroken) {
		t.Error(err)
	}
	_, err = run(t, &Jail{}, "digest:100", short{pattern{1000}})
	if !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Error(err)
	}
	if _, err = run(t, &Jail{}, strings.Repeat("x", MaxPayload+1), pattern{}); !errors.Is(err, breach.ErrInvalid) {
		t.Error(err)
	}
	if err := panics(func() { _ = (&Jail{}).Run(context.Background(), []byte("answers"), pattern{}, nil) }); err == nil || children(t) != "" {
		t.Error(err, children(t))
	}
}

func panics(f func()) (got any) {
	defer func() { got = recover() }()
	f()
	return nil
}

var errBroken = errors.New("cannot decrypt")

type broken struct{ pattern }

func (broken) ReadAt([]byte, int64) (int, error) { return 0, errBroken }

type short struct{ pattern }

func (s short) ReadAt(p []byte, _ int64) (int, error) { return copy(p, "abc"), io.EOF }

func TestCancel(t *testing.T) {
	cause := errors.New("the analyst has seen enough")
	for _, job := range []string{"sleep", "spin", "digest:100"} {
		ctx, cancel := context.WithCancelCause(context.Background())
		time.AfterFunc(80*time.Millisecond, func() { cancel(cause) })
		begin := time.Now()
		err := (&Jail{}).Run(ctx, []byte(job), pattern{1 << 50}, func(byte, []byte) error { return nil })
		if !errors.Is(err, cause) || time.Since(begin) > 5*time.Second {
			t.Errorf("%s: %v after %v", job, err, time.Since(begin))
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := (&Jail{}).Run(ctx, nil, pattern{}, nil); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	if kids := children(t); kids != "" {
		t.Error("children left:", kids)
	}
}

func TestCannotStart(t *testing.T) {
	for name, exe := range map[string]string{
		"no such program": "/nonexistent/vigie", "not a program": "/etc/passwd", "another program": "/bin/true",
	} {
		if _, err := run(t, &Jail{Exe: exe}, "nothing", pattern{}); code(err) != CodeConfinement {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Some tests need a parent of their own: this binary again, in a role.
const roleName = "JAIL_TEST_ROLE"

var roles = map[string]func() int{
	"orphan": func() int { // says who the child is, and never ends by itself
		err := (&Jail{}).Run(context.Background(), []byte("pid"), slowest{pattern{1}}, func(_ byte, b []byte) error {
			fmt.Println(string(b))
			return nil
		})
		fmt.Println(err)
		return 1
	},
	"no-seccomp": func() int { // a system that lets nobody filter
		if err := forbidSeccomp(); err != nil {
			fmt.Println(err)
			return 1
		}
		for _, lax := range []bool{false, true} {
			err := (&Jail{AllowUnconfined: lax}).Run(context.Background(), []byte("nothing"), pattern{}, nil)
			var r *breach.RefusedError
			if errors.As(err, &r) {
				fmt.Println(r.Code, r.Hint)
			} else {
				fmt.Println(err)
			}
		}
		return 0
	},
}

type slowest struct{ pattern }

func (slowest) ReadAt([]byte, int64) (int, error) { select {} }

// forbidSeccomp makes seccomp(2) fail from here on, as some containers do.
func forbidSeccomp() error {
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return err
	}
	return install([]unix.SockFilter{
		load(dataNr),
		jump(unix.BPF_JEQ, unix.SYS_SECCOMP, 0, 1),
		give(unix.SECCOMP_RET_ERRNO | uint32(unix.EPERM)),
		give(unix.SECCOMP_RET_ALLOW),
	})
}

func TestNoSeccomp(t *testing.T) {
	t.Parallel()
	cmd := exec.Command("/proc/self/exe")
	cmd.Env = append(os.Environ(), roleName+"=no-seccomp")
	out, err := cmd.CombinedOutput()
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	if err != nil || len(lines) != 2 {
		t.Fatalf("%v: %s", err, out)
	}
	if !strings.HasPrefix(lines[0], "confinement ") || !strings.Contains(lines[0], "(seccomp)") {
		t.Errorf("got %s", lines[0])
	}
	if lines[1] != "<nil>" {
		t.Errorf("allowed unconfined: %s", lines[1])
	}
}

// TestOrphanDies kills a parent; its child must follow.
func TestOrphanDies(t *testing.T) {
	cmd := exec.Command("/proc/self/exe")
	cmd.Env = append(os.Environ(), roleName+"=orphan")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var pid int
	if _, err := fmt.Fscan(out, &pid); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Kill(pid, 0); err != nil {
		t.Fatal("the child is not there:", err)
	}
	_ = cmd.Process.Kill()
	_ = cmd.Wait()
	for deadline := time.Now().Add(5 * time.Second); alive(pid); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("the child lives on")
		}
	}
}

// alive reports whether pid runs; one that waits to be reaped does not.
func alive(pid int) bool {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return false
	}
	_, after, _ := strings.Cut(string(b), ") ")
	return !strings.HasPrefix(after, "Z") && !strings.HasPrefix(after, "X")
}
