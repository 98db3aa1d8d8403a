package app

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// A taken port is told with the address, and nothing else is harmed.
func TestConsolePortTaken(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	cfg, err := Load("", filepath.Join(t.TempDir(), "data"))
	if err != nil {
		t.Fatal(err)
	}
	cfg.Keys, cfg.Console.Listen = filepath.Join(t.TempDir(), "keys"), l.Addr().String()
	ctx := context.Background()
	a, err := Open(ctx, cfg, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = a.Close() }()
	if err := a.Equip(ctx); err != nil {
		t.Fatal(err)
	}
	_, err = a.Console(ctx, &Work{})
	if !errors.Is(err, syscall.EADDRINUSE) || !strings.Contains(err.Error(), l.Addr().String()) {
		t.Fatalf("error %v, want one that names %s and says it is taken", err, l.Addr())
	}
	a.Config.Console.Listen = "127.0.0.1:0"
	web, err := a.Console(ctx, &Work{})
	if err != nil {
		t.Fatal(err)
	}
	web.Close()
}
