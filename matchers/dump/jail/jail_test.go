package jail

import (
	"context"
	"encoding/binary"
	"errors"
	"os"
	"testing"
)

func TestMain(m *testing.M) {
	if Child() {
		os.Exit(Serve(play))
	}
	os.Exit(m.Run())
}

// memory is a served source.
type memory struct{ b []byte }

func (m memory) Size() int64 { return int64(len(m.b)) }
func (m memory) ReadAt(p []byte, off int64) (int, error) {
	return copy(p, m.b[off:]), nil
}

func play(ctx context.Context, c *Call) error {
	b := make([]byte, c.Source.Size())
	if _, err := c.Source.ReadAt(b, 0); err != nil {
		return err
	}
	var sum uint64
	for _, x := range b {
		sum += uint64(x)
	}
	return c.Send(1, binary.LittleEndian.AppendUint64(nil, sum))
}

func TestRun(t *testing.T) {
	b := make([]byte, 5<<20+17)
	var want uint64
	for i := range b {
		b[i] = byte(i * 7)
		want += uint64(b[i])
	}
	var got uint64
	j := &Jail{}
	err := j.Run(context.Background(), []byte("sum"), memory{b}, func(k byte, p []byte) error {
		if k != 1 || len(p) != 8 {
			return errors.New("unexpected")
		}
		got = binary.LittleEndian.Uint64(p)
		return nil
	})
	if err != nil || got != want {
		t.Fatal(err, got, want)
	}
}
