package cli_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"vigie/internal/cli"
	"vigie/internal/seal/kms/kmstest"
)

// told runs a command in this process.
func told(t *testing.T, want int, args ...string) string {
	t.Helper()
	var out, errs bytes.Buffer
	if code := cli.Main(args, cli.IO{In: strings.NewReader(""), Out: &out, Err: &errs}, nil); code != want {
		t.Fatalf("vigie %s: exit status %d, want %d: %s", strings.Join(args, " "), code, want, errs.String())
	}
	return out.String() + errs.String()
}

// A registry imported under keys in files is read on under AWS KMS, after a
// rotation and without another import; a key of KMS that is disabled is said.
func TestKeysMoveToKMS(t *testing.T) {
	service := kmstest.Start(t)
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	config := func(name, key string) string {
		text := fmt.Sprintf("keys: %s\n", at("keys"))
		if key != "" {
			text += fmt.Sprintf("kms: {key: '%s'}\n", key)
		}
		if err := os.WriteFile(at(name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return "--config=" + at(name)
	}
	local, wrapped, moved := config("local.yaml", ""), config("kms.yaml", kmstest.KeyARN), config("moved.yaml", kmstest.OtherARN)
	data := "--data=" + at("data")
	told(t, 0, "synth", "population", "--people", "300", "--seed", "7", "--out", at("country"))
	told(t, 0, "registry", "import", "youth", at("country/youth"), data, local)
	if said := told(t, 3, "registry", "info", "youth", data, wrapped); !strings.Contains(said, "vigie key rotate") {
		t.Errorf("keys in the clear: %s", said)
	}
	told(t, 0, "key", "rotate", data, wrapped)
	told(t, 0, "registry", "verify", "youth", data, wrapped)
	if said := told(t, 3, "registry", "info", "youth", data, local); !strings.Contains(said, "kms.key") {
		t.Errorf("wrapped keys without KMS: %s", said)
	}
	if said := told(t, 3, "registry", "info", "youth", data, moved); !strings.Contains(said, "kms-other-key") {
		t.Errorf("another key of KMS: %s", said)
	}
	told(t, 0, "key", "rotate", "--from", kmstest.KeyARN, data, moved)
	told(t, 0, "registry", "verify", "youth", data, moved)
	service.Fail("Decrypt", "DisabledException")
	if said := told(t, 3, "registry", "info", "youth", data, moved); !strings.Contains(said, "kms-disabled") {
		t.Errorf("a disabled key of KMS: %s", said)
	}
	if said := told(t, 3, "doctor", data, moved); !strings.Contains(said, "wrapped by KMS key "+kmstest.OtherARN) {
		t.Errorf("doctor: %s", said)
	}
	told(t, 2, "registry", "refine", "youth", data, moved) // nothing is kept: nothing was judged
	if said := told(t, 0, "registry", "info", "youth", data, moved); !strings.Contains(said, "none was refined") {
		t.Errorf("info: %s", said)
	}
}
