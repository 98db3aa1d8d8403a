//go:build unix

package cli_test

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"database/sql"
	"encoding/pem"
	"errors"
	"math/big"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/go-sql-driver/mysql"

	"vigie/internal/cli"
)

// mariaDB runs a private server of the machine's binaries on loopback and returns
// its port, its socket and the certificate it shows.
func mariaDB(t *testing.T) (port, socket, certificate string) {
	t.Helper()
	server, err := exec.LookPath("mariadbd")
	if err != nil {
		server = "/usr/sbin/mariadbd"
	}
	install, err1 := exec.LookPath("mariadb-install-db")
	if _, err := os.Stat(server); err != nil || err1 != nil {
		t.Skip("mariadbd and mariadb-install-db are not on this machine (package mariadb-server)")
	}
	dir, err := os.MkdirTemp("", "vigie-my-") // not t.TempDir: a socket's path has at most 107 bytes
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	certificate, key := certify(t, dir)
	as := nobody(t, dir, key)
	data := filepath.Join(dir, "data")
	run := exec.Command(install, "--no-defaults", "--datadir="+data, "--auth-root-authentication-method=normal", "--skip-test-db")
	run.Dir, run.SysProcAttr = dir, as
	if out, err := run.CombinedOutput(); err != nil {
		t.Fatalf("mariadb-install-db: %v\n%s", err, out)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_, port, _ = net.SplitHostPort(l.Addr().String())
	_ = l.Close()
	socket = filepath.Join(dir, "s")
	cmd := exec.Command(server, "--no-defaults", "--datadir="+data, "--socket="+socket, "--port="+port, "--bind-address=127.0.0.1",
		"--ssl-cert="+certificate, "--ssl-key="+key, "--pid-file="+filepath.Join(dir, "pid"), "--innodb-flush-log-at-trx-commit=0", "--innodb-buffer-pool-size=16M", "--skip-log-bin")
	cmd.Dir, cmd.SysProcAttr = dir, as
	var log bytes.Buffer
	cmd.Stdout, cmd.Stderr = &log, &log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		_ = cmd.Wait()
	})
	for range 600 {
		if c, err := net.Dial("unix", socket); err == nil {
			_ = c.Close()
			return port, socket, certificate
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatalf("mariadbd does not answer: %s", log.String())
	return "", "", ""
}

// certify makes a certificate of localhost that vouches for itself.
func certify(t *testing.T, dir string) (certificate, key string) {
	t.Helper()
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	of := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "localhost"}, DNSNames: []string{"localhost"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign}
	der, err1 := x509.CreateCertificate(rand.Reader, of, of, &k.PublicKey, k)
	raw, err2 := x509.MarshalPKCS8PrivateKey(k)
	certificate, key = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	if err := errors.Join(err1, err2,
		os.WriteFile(certificate, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o644),
		os.WriteFile(key, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: raw}), 0o600)); err != nil {
		t.Fatal(err)
	}
	return certificate, key
}

// nobody makes the server run as somebody else when we are root, whose the
// directory and the key then are.
func nobody(t *testing.T, paths ...string) *syscall.SysProcAttr {
	t.Helper()
	if os.Getuid() != 0 {
		return nil
	}
	who, err := user.Lookup("nobody")
	if err != nil {
		t.Skipf("root cannot run MariaDB and there is no account nobody to run it: %v", err)
	}
	uid, err1 := strconv.Atoi(who.Uid)
	gid, err2 := strconv.Atoi(who.Gid)
	if err := errors.Join(err1, err2); err != nil {
		t.Fatal(err)
	}
	for _, p := range paths {
		if err := os.Chown(p, uid, gid); err != nil {
			t.Fatal(err)
		}
	}
	return &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}
}

func TestRegistriesAreImportedFromMySQL(t *testing.T) {
	port, socket, certificate := mariaDB(t)
	c := mysql.NewConfig()
	c.User, c.Net, c.Addr, c.MultiStatements = "root", "unix", socket, true
	connector, err := mysql.NewConnector(c)
	if err != nil {
		t.Fatal(err)
	}
	db := sql.OpenDB(connector)
	if _, err := db.ExecContext(context.Background(), `CREATE DATABASE rh; CREATE TABLE rh.jeunes (id int, nom varchar(80) charset utf8mb4, prenom varchar(80), ne date);
		INSERT INTO rh.jeunes VALUES (1, 'Canarival', 'Lina, "Zoé"', '2009-05-17'), (2, 'Canaridal', 'Omar', NULL);
		CREATE USER reader IDENTIFIED BY 'sésame secret'; GRANT SELECT ON rh.* TO reader; GRANT FILE, INSERT, DELETE, CREATE ON *.* TO reader`); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	const good = "SELECT id, nom, prenom, ne AS date_naissance FROM jeunes ORDER BY id -- all of them\n;\n"
	url := "mysql://reader@localhost:" + port + "/rh"
	trusted := url + "?ca=" + certificate
	tests := []struct {
		name, url, password, query string
		code                       int
		says                       string
	}{
		{"a query", trusted, "sésame secret\n", good, 0, "2 persons, 0 rows refused"},
		{"by MariaDB's name", strings.Replace(trusted, "mysql://", "mariadb://", 1), "sésame secret", good, 0, "2 persons"},
		{"by the socket", "mysql://reader@/rh?socket=" + socket, "sésame secret", good, 0, "2 persons"},
		{"not encrypted, if asked for", url + "?tls=off", "sésame secret", good, 0, "not encrypted"},
		{"a certificate that nobody vouches for", url, "sésame secret", good, 3, "add ?ca=FILE"},
		{"another host's certificate", strings.Replace(trusted, "localhost", "127.0.0.1", 1), "sésame secret", good, 3, "add ?ca=FILE"},
		{"a wrong password", trusted, "sesame", good, 3, "does not let this user in"},
		{"a password for all to see", strings.Replace(trusted, "reader@", "reader:hunter2@", 1), "", good, 2, "--password-file"},
		{"a server that is not there", "mysql://reader@localhost:1/rh", "x", good, 3, "does not answer"},
		{"a parameter that is none", url + "?allowAllFiles=true", "x", good, 2, "is not known here"},
		{"no such table", trusted, "sésame secret", "SELECT * FROM vieux", 3, "vieux' doesn't exist"},
		{"a value that is no number", trusted, "sésame secret", "SELECT id, nom, prenom, ne AS date_naissance FROM jeunes WHERE EXTRACTVALUE(1, CONCAT('~', nom))", 3, "the database says error 1105"},
		{"what would change something", trusted, "sésame secret", "DELETE FROM jeunes", 3, "the database says: You have an error in your SQL"},
		{"two queries", trusted, "sésame secret", "SELECT 1 AS id; DELETE FROM jeunes", 3, "the database says"},
		{"what would write a file", trusted, "sésame secret", "SELECT * FROM jeunes INTO OUTFILE '" + filepath.Join(filepath.Dir(socket), "stolen") + "'", 3, "the database says"},
		{"nothing", trusted, "sésame secret", " ;\n", 3, "no-query"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			t.Setenv("VIGIE_KEYS", filepath.Join(dir, "keys"))
			args := []string{"registry", "import", "youth", dir, "--database", tt.url, "--data", filepath.Join(dir, "data")}
			if tt.name == "by MariaDB's name" {
				t.Setenv("MYSQL_PWD", tt.password)
			} else {
				args = append(args, "--password-file", filepath.Join(dir, "password"))
			}
			for name, text := range map[string]string{"manifest.yaml": registryManifest, "persons.sql": tt.query, "password": tt.password} {
				if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			var out, errs bytes.Buffer
			code := cli.Main(args, cli.IO{In: strings.NewReader(""), Out: &out, Err: &errs}, nil)
			said := out.String() + errs.String()
			if code != tt.code || !strings.Contains(said, tt.says) || strings.Contains(said, "Canari") || strings.Contains(said, "same") || strings.Contains(said, "hunter2") {
				t.Errorf("exit status %d: %s", code, said)
			}
			if _, err := os.Stat(filepath.Join(filepath.Dir(socket), "stolen")); err == nil {
				t.Error("the server wrote a file")
			}
		})
	}
}
