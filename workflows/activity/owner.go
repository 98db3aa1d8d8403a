package activity

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"

	"vigie/internal/breach"
)

// A visitor of a source signs its lease with a name that tells which process it
// is: of one boot of one machine, in one space of process numbers, by number and
// by the moment that it began. So a crawler on the same machine can prove that
// the holder is dead, and need not wait for the lease to end. Where nothing is
// proved, such as from another machine or container, time decides.

// caller names the visit of this process, as "vis_..." or
// "vis_...@space:number:began".
func caller() string {
	id := breach.NewID("vis")
	space, err := processSpace()
	if err != nil {
		return id
	}
	began, err := beganAt(os.Getpid())
	if err != nil {
		return id
	}
	return fmt.Sprintf("%s@%s:%d:%s", id, space, os.Getpid(), began)
}

// gone tells whether the process that signed a lease is proved to be dead.
func gone(holder string) bool {
	_, name, ok := strings.Cut(holder, "@")
	f := strings.Split(name, ":")
	if !ok || len(f) != 3 {
		return false
	}
	space, err := processSpace()
	number, nerr := strconv.Atoi(f[1])
	if err != nil || nerr != nil || space != f[0] || number <= 0 {
		return false
	}
	began, err := beganAt(number)
	if errors.Is(err, os.ErrNotExist) {
		return true
	}
	return err == nil && began != f[2] // the number was given to another process since
}

// processSpace is a digest of what numbers of processes are unique in: the boot
// of the kernel, and the namespace. It tells nobody which machine it is.
func processSpace() (string, error) {
	boot, err := os.ReadFile("/proc/sys/kernel/random/boot_id")
	if err != nil {
		return "", err
	}
	space, err := os.Readlink("/proc/self/ns/pid")
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256([]byte(string(boot) + space))
	return hex.EncodeToString(sum[:8]), nil
}

// beganAt is when a process began, in ticks since boot, from field 22 of its
// stat (proc(5)); its name, which stands before and may hold anything, ends with
// the last bracket. A process that has ended and waits for its parent is gone.
func beganAt(number int) (string, error) {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", number))
	if err != nil {
		return "", err
	}
	f := strings.Fields(string(stat[strings.LastIndexByte(string(stat), ')')+1:]))
	if len(f) < 20 {
		return "", fmt.Errorf("reading the state of process %d: %w", number, breach.ErrInvalid)
	}
	if f[0] == "Z" || f[0] == "X" {
		return "", os.ErrNotExist
	}
	return f[19], nil
}

// takeLease leases a source for a visitor; from one that is proved to be dead it
// takes the lease over.
func (s *Steps) takeLease(ctx context.Context, id breach.SourceID, holder string) error {
	err := s.Store.LeaseSource(ctx, id, holder, s.Now(), s.lease())
	if !errors.Is(err, breach.ErrConflict) {
		return err
	}
	was, herr := s.Store.SourceHolder(ctx, id)
	if herr != nil || !gone(was) {
		return err
	}
	s.Log.Warn("the last visitor of a source is dead: its lease is taken over", "source", id)
	return s.Store.TakeSource(ctx, id, was, holder, s.Now(), s.lease())
}
