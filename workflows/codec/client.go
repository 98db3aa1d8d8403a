package codec

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"log/slog"
	"os"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/converter"
	sdklog "go.temporal.io/sdk/log"
	"go.temporal.io/sdk/temporal"

	"vigie/internal/breach"
)

// DataConverter turns values into sealed payloads and back. It reads what the
// older secrets wrote.
func DataConverter(namespace string, secret []byte, older ...[]byte) (converter.DataConverter, error) {
	c, err := New(namespace, secret, older...)
	if err != nil {
		return nil, err
	}
	return converter.NewCodecDataConverter(converter.GetDefaultDataConverter(), c), nil
}

// FailureConverter seals the messages and stack traces of errors as well.
func FailureConverter(dc converter.DataConverter) converter.FailureConverter {
	return temporal.NewDefaultFailureConverter(temporal.DefaultFailureConverterOptions{
		DataConverter:          dc,
		EncodeCommonAttributes: true,
	})
}

// ClientOptions are the options of every client of ours: sealed payloads and
// failures, and no word about the machine that it runs on.
func ClientOptions(hostport, namespace string, secret []byte, older ...[]byte) (client.Options, error) {
	dc, err := DataConverter(namespace, secret, older...)
	if err != nil {
		return client.Options{}, err
	}
	return client.Options{
		HostPort:                     hostport,
		Namespace:                    namespace,
		Identity:                     "vigie", // the default is pid@host
		DataConverter:                dc,
		FailureConverter:             FailureConverter(dc),
		DisableWorkerEnvironmentInfo: true,
		Logger:                       sdklog.NewStructuredLogger(slog.New(slog.DiscardHandler)),
	}, nil
}

// Target is the Temporal server to connect to. Without any TLS field the
// connection is in clear, which only loopback should see.
type Target struct {
	Address   string // host:port
	Namespace string
	TLSCert   string // PEM file of the client certificate (mTLS)
	TLSKey    string // PEM file of its key
	TLSCA     string // PEM file of the authorities to trust; empty: the system's
	TLS       bool   // TLS without a client certificate or an authority of one's own
}

// Dial connects to a server. The log gets the SDK's warnings and errors; nil
// keeps them quiet. What the older secrets sealed can still be read.
func Dial(ctx context.Context, t Target, secret []byte, log *slog.Logger, older ...[]byte) (client.Client, error) {
	opts, err := ClientOptions(t.Address, t.Namespace, secret, older...)
	if err != nil {
		return nil, err
	}
	if opts.ConnectionOptions.TLS, err = t.config(); err != nil {
		return nil, err
	}
	if log != nil {
		opts.Logger = sdklog.NewStructuredLogger(slog.New(faults{log.Handler()}))
	}
	c, err := client.DialContext(ctx, opts)
	if err != nil {
		return nil, fmt.Errorf("temporal at %s: %w: %w", t.Address, breach.ErrTemporary, err)
	}
	return c, nil
}

// config returns nil for a connection in clear.
func (t Target) config() (*tls.Config, error) {
	if (t.TLSCert == "") != (t.TLSKey == "") {
		return nil, fmt.Errorf("temporal TLS: certificate and key go together: %w", breach.ErrInvalid)
	}
	if t.TLSCert == "" && t.TLSCA == "" && !t.TLS {
		return nil, nil
	}
	cfg := &tls.Config{MinVersion: tls.VersionTLS12}
	if t.TLSCert != "" {
		pair, err := tls.LoadX509KeyPair(t.TLSCert, t.TLSKey)
		if err != nil {
			return nil, fmt.Errorf("temporal TLS: reading the client certificate: %w: %w", breach.ErrInvalid, err)
		}
		cfg.Certificates = []tls.Certificate{pair}
	}
	if t.TLSCA != "" {
		pem, err := os.ReadFile(t.TLSCA)
		if err != nil {
			return nil, fmt.Errorf("temporal TLS: reading the authorities: %w: %w", breach.ErrInvalid, err)
		}
		cfg.RootCAs = x509.NewCertPool()
		if !cfg.RootCAs.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("temporal TLS: no certificate in %q: %w", t.TLSCA, breach.ErrInvalid)
		}
	}
	return cfg, nil
}
