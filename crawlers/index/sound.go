package index

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"vigie/internal/breach"
)

// lockWait is how long Open waits for another process to let go.
const lockWait = time.Second

// lock makes an index one process's. The file stays; only the lock on it goes.
func lock(dir string) (*os.File, error) {
	if err := os.MkdirAll(filepath.Dir(filepath.Clean(dir)), 0o700); err != nil {
		return nil, fmt.Errorf("opening the index: %w", err)
	}
	f, err := os.OpenFile(filepath.Clean(dir)+".lock", os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("opening the index: %w", err)
	}
	for waited := time.Duration(0); ; waited += 50 * time.Millisecond {
		err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if err == nil {
			return f, nil
		}
		if !errors.Is(err, syscall.EWOULDBLOCK) || waited >= lockWait {
			_ = f.Close()
			return nil, fmt.Errorf("opening the index: another process holds it: %w", breach.ErrTemporary)
		}
		time.Sleep(50 * time.Millisecond)
	}
}

// dropBroken removes segment files whose checksum is wrong: what a crash left
// half written, or damage. bleve maps such files into memory and panics on
// them, in goroutines of its own too. If it misses one it falls back to an
// older state, which Count shows.
func dropBroken(dir string) error {
	files, err := filepath.Glob(filepath.Join(dir, "store", "*.zap"))
	if err != nil {
		return fmt.Errorf("checking the index: %w", err)
	}
	for _, f := range files {
		ok, err := sound(f)
		if err == nil && !ok {
			err = os.Remove(f)
		}
		if err != nil {
			return fmt.Errorf("checking the index: %w", err)
		}
	}
	return nil
}

// sound compares a segment's last four bytes with the CRC-32 of the others.
func sound(path string) (bool, error) {
	f, err := os.Open(path)
	if err != nil {
		return false, err
	}
	defer func() { _ = f.Close() }()
	info, err := f.Stat()
	if err != nil || info.Size() < 4 {
		return false, err
	}
	sum := crc32.NewIEEE()
	r := bufio.NewReaderSize(f, 256<<10)
	if _, err := io.CopyN(sum, r, info.Size()-4); err != nil {
		return false, err
	}
	var want [4]byte
	if _, err := io.ReadFull(r, want[:]); err != nil {
		return false, err
	}
	return binary.BigEndian.Uint32(want[:]) == sum.Sum32(), nil
}

// calm turns a panic of bleve on a damaged index into an error.
func calm(err *error) {
	if p := recover(); p != nil {
		*err = fmt.Errorf("the index is damaged, rebuild it: %w", breach.ErrInvalid)
	}
}
