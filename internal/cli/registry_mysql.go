package cli

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"database/sql"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/go-sql-driver/mysql"

	"vigie/internal/breach"
)

// Patience with a MySQL server: to connect, between two pieces of an answer (the
// first of a heavy query takes longest), and to be listened to.
const (
	mysqlConnect = 10 * time.Second
	mysqlRead    = 10 * time.Minute
	mysqlWrite   = time.Minute
)

// isMySQL tells a URL of MySQL or MariaDB.
func isMySQL(u string) bool {
	return strings.HasPrefix(u, "mysql://") || strings.HasPrefix(u, "mariadb://")
}

// mysqlConfig reads mysql://user@host:port/database. TLS is used and the server's
// name checked unless tls=off says otherwise; ca names the authority's certificate
// and socket a local server. A password in the URL would be seen by everybody on
// the machine, and is refused.
func mysqlConfig(raw, passwordFile string) (*mysql.Config, error) {
	u, err := url.Parse(raw)
	if err != nil || u.User.Username() == "" || strings.Trim(u.Path, "/") == "" {
		return nil, usage("--database: want mysql://user@host:port/database")
	}
	if _, given := u.User.Password(); given {
		return nil, usage("--database: a password on the command line is seen by others: use --password-file or MYSQL_PWD")
	}
	c := mysql.NewConfig()
	c.User, c.DBName, c.Logger = u.User.Username(), strings.Trim(u.Path, "/"), &mysql.NopLogger{}
	c.Timeout, c.ReadTimeout, c.WriteTimeout = mysqlConnect, mysqlRead, mysqlWrite
	c.Net, c.Addr = "tcp", u.Host
	if u.Port() == "" {
		c.Addr = net.JoinHostPort(u.Hostname(), "3306")
	}
	c.Passwd = os.Getenv("MYSQL_PWD")
	if passwordFile != "" {
		if c.Passwd, err = readPassword(passwordFile); err != nil {
			return nil, err
		}
	}
	return c, mysqlParameters(c, u)
}

func mysqlParameters(c *mysql.Config, u *url.URL) error {
	secure := &tls.Config{ServerName: u.Hostname(), MinVersion: tls.VersionTLS12}
	for name, values := range u.Query() {
		switch v := values[0]; {
		case name == "socket":
			c.Net, c.Addr, secure = "unix", v, nil // never leaves the machine
		case name == "tls" && v == "off":
			secure = nil
		case name == "tls" && v == "on":
		case name == "ca":
			pem, err := os.ReadFile(v)
			if err != nil {
				return fmt.Errorf("reading the certificate of --database: %w", err)
			}
			if secure == nil {
				continue
			}
			if secure.RootCAs = x509.NewCertPool(); !secure.RootCAs.AppendCertsFromPEM(pem) {
				return usage("--database: %s holds no certificate", v)
			}
		default:
			return usage("--database: %s is not known here: there are tls=off, ca=FILE and socket=PATH", name)
		}
	}
	if u.Hostname() == "" && c.Net != "unix" {
		return usage("--database: want mysql://user@host:port/database")
	}
	c.TLS = secure
	return nil
}

// maxPassword bounds a file that holds a password.
const maxPassword = 4 << 10

func readPassword(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer func() { _ = f.Close() }()
	b, err := io.ReadAll(io.LimitReader(f, maxPassword+1))
	if err != nil {
		return "", fmt.Errorf("reading %s: %w", path, err)
	}
	if len(b) > maxPassword {
		return "", usage("%s is no password: it has more than %d bytes", path, maxPassword)
	}
	return strings.TrimRight(string(b), "\r\n"), nil
}

// queryMySQL asks a MySQL or MariaDB server what a file of SQL says, and gives the
// answer as CSV while it comes.
func (s *session) queryMySQL(path, raw, passwordFile string) (io.ReadCloser, error) {
	text, err := readQuery(path)
	if err != nil {
		return nil, err
	}
	c, err := mysqlConfig(raw, passwordFile)
	if err != nil {
		return nil, err
	}
	connector, err := mysql.NewConnector(c)
	if err != nil {
		return nil, usage("--database: want mysql://user@host:port/database")
	}
	ctx, stop := context.WithCancel(s)
	db := sql.OpenDB(connector)
	conn, err := db.Conn(ctx)
	if err != nil {
		stop()
		_ = db.Close()
		return nil, &breach.RefusedError{Code: "no-database", What: path, Hint: mysqlSilent(err)}
	}
	if c.TLS == nil && c.Net != "unix" {
		s.note("vigie: the connection to the database is not encrypted: tls=off was asked for")
	}
	r, w := io.Pipe()
	a := &answer{PipeReader: r, stop: stop, done: make(chan struct{})}
	go func() {
		defer close(a.done)
		err := mysqlOut(ctx, conn, w, text)
		_ = conn.Close()
		_ = db.Close()
		if err != nil {
			err = &breach.RefusedError{Code: "query-failed", What: path, Hint: mysqlReason(err)}
		}
		_ = w.CloseWithError(err) // it never fails
	}()
	return a, nil
}

// mysqlOut writes an answer as CSV, row by row. The query stands as a table within
// another, in a transaction that can change nothing: there it can neither write
// (not even a file of the server, as SELECT INTO OUTFILE does) nor be two.
func mysqlOut(ctx context.Context, conn *sql.Conn, w io.Writer, query string) error {
	tx, err := conn.BeginTx(ctx, &sql.TxOptions{ReadOnly: true, Isolation: sql.LevelRepeatableRead})
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	rows, err := tx.QueryContext(ctx, "SELECT * FROM (\n"+query+"\n) AS vigie_answer")
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	names, err := rows.Columns()
	if err != nil {
		return err
	}
	out := csv.NewWriter(w)
	if err := out.Write(names); err != nil {
		return err
	}
	raw, dst, fields := make([]sql.RawBytes, len(names)), make([]any, len(names)), make([]string, len(names))
	for i := range raw {
		dst[i] = &raw[i]
	}
	for rows.Next() {
		if err := rows.Scan(dst...); err != nil {
			return err
		}
		for i := range raw {
			fields[i] = string(raw[i])
		}
		if err := out.Write(fields); err != nil {
			return err
		}
	}
	if err := rows.Err(); err != nil {
		return err
	}
	out.Flush()
	return out.Error()
}

// mysqlSilent says why there is no connection, without what the server said: it
// may repeat a name or a host.
func mysqlSilent(err error) string {
	var my *mysql.MySQLError
	var name x509.HostnameError
	var unknown x509.UnknownAuthorityError
	switch {
	case errors.Is(err, mysql.ErrNoTLS):
		return "the database speaks no TLS: let it, or add ?tls=off to --database where the network is yours"
	case errors.As(err, &name), errors.As(err, &unknown):
		return "the database's certificate is not one we know: add ?ca=FILE with its authority's"
	case errors.As(err, &my) && (my.Number == 1044 || my.Number == 1045 || my.Number == 1698):
		return "the database does not let this user in: check the name, and --password-file or MYSQL_PWD"
	case errors.As(err, &my) && my.Number == 1049:
		return "the server has no database of that name"
	}
	return "the database does not answer: check --database"
}

// mysqlReason says what a database complains of: what is wrong with the query it
// may quote, values never.
func mysqlReason(err error) string {
	var my *mysql.MySQLError
	if !errors.As(err, &my) {
		return "the connection broke: start again"
	}
	switch my.Number {
	case 1046, 1052, 1054, 1060, 1064, 1142, 1143, 1146, 1248, 1305: // names, syntax and rights
		return "the database says: " + my.Message
	case 1792:
		return "the database says error 1792: the query would change something"
	}
	return fmt.Sprintf("the database says error %d", my.Number)
}
