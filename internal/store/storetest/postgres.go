package storetest

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"syscall"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"
)

// Postgres runs a private server made of the machine's binaries: in a temporary
// directory, on a socket there, as nobody. It returns the server's URL once it
// answers. Without the binaries the test is skipped.
func Postgres(t testing.TB) string {
	t.Helper()
	initdb, err1 := binary("initdb")
	server, err2 := binary("postgres")
	if err1 != nil || err2 != nil {
		t.Skip("PostgreSQL's initdb and postgres are not on this machine (package postgresql)")
	}
	// Not t.TempDir: a socket's path has at most 107 bytes.
	dir, err := os.MkdirTemp("", "vigie-pg-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	as := unprivileged(t, dir)
	data := filepath.Join(dir, "data")
	run := exec.Command(initdb, "--pgdata", data, "--username=vigie", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync")
	run.Dir, run.SysProcAttr = dir, as
	if out, err := run.CombinedOutput(); err != nil {
		t.Fatalf("initdb: %v\n%s", err, out)
	}
	log, err := os.Create(filepath.Join(dir, "log"))
	if err != nil {
		t.Fatal(err)
	}
	// fsync is off: what is tested is SQL, and the machine does not crash.
	cmd := exec.Command(server, "-D", data, "-k", dir, "-c", "listen_addresses=", "-c", "fsync=off", "-c", "max_connections=200", "-c", "shared_buffers=32MB")
	cmd.Dir, cmd.Stdout, cmd.Stderr, cmd.SysProcAttr = dir, log, log, as
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGINT) // fast shutdown
		_ = cmd.Wait()
		_ = log.Close()
	})
	url := "postgres:///postgres?user=vigie&host=" + dir
	await(t, url, log.Name())
	return url
}

// await waits until the server answers.
func await(t testing.TB, url, log string) {
	t.Helper()
	db, err := sql.Open("pgx", url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	for db.PingContext(ctx) != nil {
		select {
		case <-ctx.Done():
			out, _ := os.ReadFile(log)
			t.Fatalf("PostgreSQL does not answer:\n%s", out)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// binary finds one of PostgreSQL's programs in PATH or where Debian keeps them.
func binary(name string) (string, error) {
	if path, err := exec.LookPath(name); err == nil {
		return filepath.EvalSymlinks(path)
	}
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/" + name)
	if err != nil || len(found) == 0 {
		return "", exec.ErrNotFound
	}
	slices.Sort(found)
	return found[len(found)-1], nil
}

// unprivileged makes the server run as somebody else when we are root, which
// PostgreSQL refuses; the directory is then theirs.
func unprivileged(t testing.TB, dir string) *syscall.SysProcAttr {
	t.Helper()
	if os.Getuid() != 0 {
		return nil
	}
	who, err := user.Lookup("nobody")
	if err != nil {
		t.Skipf("root cannot run PostgreSQL and there is no account nobody to run it: %v", err)
	}
	uid, err1 := strconv.Atoi(who.Uid)
	gid, err2 := strconv.Atoi(who.Gid)
	if err := errors.Join(err1, err2, os.Chown(dir, uid, gid)); err != nil {
		t.Fatal(err)
	}
	return &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}
}
