package codec

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"testing"

	commonpb "go.temporal.io/api/common/v1"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/temporal"
	"google.golang.org/protobuf/proto"
)

// The canary stands for something of a person that slipped into a payload.
const canary = "canary-Zoé-Muster"

func secretOf(c byte) []byte { return bytes.Repeat([]byte{c}, SecretBytes) }

func newCodec(t testing.TB, namespace string, secret []byte, older ...[]byte) *Codec {
	t.Helper()
	c, err := New(namespace, secret, older...)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func payload(data []byte) *commonpb.Payload {
	return &commonpb.Payload{
		Metadata: map[string][]byte{converter.MetadataEncoding: []byte("json/plain"), "note": []byte(canary)},
		Data:     data,
	}
}

func TestNothingReadableLeaves(t *testing.T) {
	dc, err := DataConverter("vigie", secretOf(1))
	if err != nil {
		t.Fatal(err)
	}
	input, err := dc.ToPayloads(map[string]string{"who": canary}, []byte(canary), strings.Repeat(canary, 1000))
	if err != nil {
		t.Fatal(err)
	}
	cause := temporal.NewApplicationErrorWithCause("reading "+canary, "invalid", errors.New(canary), canary)
	failure := FailureConverter(dc).ErrorToFailure(fmt.Errorf("stage of %s: %w", canary, cause))
	for what, m := range map[string]proto.Message{"payloads": input, "failure": failure} {
		wire, err := proto.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(wire, []byte(canary)) || bytes.Contains(wire, []byte("Muster")) {
			t.Errorf("the canary stands in the %s", what)
		}
	}
	if failure.GetMessage() != "Encoded failure" || failure.GetCause().GetMessage() != "Encoded failure" {
		t.Errorf("messages %q, %q", failure.GetMessage(), failure.GetCause().GetMessage())
	}
	if got := failure.GetCause().GetApplicationFailureInfo().GetType(); got != "invalid" {
		t.Errorf("the server must still see the type, got %q", got)
	}
	var back map[string]string
	if err := dc.FromPayloads(input, &back, new([]byte), new(string)); err != nil || back["who"] != canary {
		t.Errorf("read back %v, %v", back, err)
	}
	if got := FailureConverter(dc).FailureToError(failure); !strings.Contains(got.Error(), canary) {
		t.Errorf("our own side reads %q", got)
	}
}

func TestRoundTrip(t *testing.T) {
	c := newCodec(t, "vigie", secretOf(1))
	noise := make([]byte, 100_000)
	_, _ = rand.Read(noise)
	for _, tt := range []struct {
		name string
		data []byte
		most int // bytes of the sealed payload
	}{
		{"nothing", nil, 200},
		{"small", []byte("{}"), 200},
		{"just below the threshold", bytes.Repeat([]byte("a"), packAbove-100), packAbove + 200},
		{"repetitive", bytes.Repeat([]byte("0123456789"), 100_000), 20_000},
		{"random", noise, len(noise) + 200},
	} {
		t.Run(tt.name, func(t *testing.T) {
			sealed, err := c.Encode([]*commonpb.Payload{payload(tt.data)})
			if err != nil {
				t.Fatal(err)
			}
			if n := proto.Size(sealed[0]); n > tt.most {
				t.Errorf("%d bytes, at most %d allowed", n, tt.most)
			}
			got, err := c.Decode(sealed)
			if err != nil || !proto.Equal(got[0], payload(tt.data)) {
				t.Errorf("read back something else: %v", err)
			}
		})
	}
}

func TestDecodeRefuses(t *testing.T) {
	c := newCodec(t, "vigie", secretOf(1))
	seal := func(c *Codec) *commonpb.Payload {
		p, err := c.Encode([]*commonpb.Payload{payload([]byte("x"))})
		if err != nil {
			t.Fatal(err)
		}
		return p[0]
	}
	flipped := seal(c)
	flipped.Data[len(flipped.Data)/2] ^= 1
	short := seal(c)
	short.Data = short.Data[:5]
	for _, tt := range []struct {
		name string
		in   *commonpb.Payload
		want error
	}{
		{"a payload in clear", payload([]byte("x")), ErrPlain},
		{"an empty payload", &commonpb.Payload{}, ErrPlain},
		{"none at all", nil, ErrPlain},
		{"another key", seal(newCodec(t, "vigie", secretOf(2))), ErrKey},
		{"another namespace", seal(newCodec(t, "other", secretOf(1))), ErrBroken},
		{"a flipped bit", flipped, ErrBroken},
		{"a cut end", short, ErrBroken},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := c.Decode([]*commonpb.Payload{tt.in}); !errors.Is(err, tt.want) {
				t.Errorf("error %v, want %v", err, tt.want)
			}
		})
	}
}

func TestKeysChange(t *testing.T) {
	before := newCodec(t, "vigie", secretOf(1))
	after := newCodec(t, "vigie", secretOf(2), secretOf(1))
	later := newCodec(t, "vigie", secretOf(3), secretOf(2))
	old, err := before.Encode([]*commonpb.Payload{payload([]byte("x"))})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := after.Decode(old); err != nil {
		t.Errorf("the older key is not read: %v", err)
	}
	if _, err := later.Decode(old); !errors.Is(err, ErrKey) {
		t.Errorf("a key that is gone: %v", err)
	}
	fresh, err := after.Encode([]*commonpb.Payload{payload([]byte("x"))})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := later.Decode(fresh); err != nil {
		t.Errorf("it was not written with the new key: %v", err)
	}
	if _, err := New("vigie", []byte("short")); err == nil {
		t.Error("a short secret is accepted")
	}
}

// A bomb needs the key, and even then it stops at the limit.
func TestUnpackStops(t *testing.T) {
	bomb, err := pack(make([]byte, unpackMost+1))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := unpack(bomb); err == nil {
		t.Errorf("%d bytes unpacked to more than %d", len(bomb), unpackMost)
	}
}

func FuzzDecode(f *testing.F) {
	c := newCodec(f, "vigie", secretOf(1))
	sealed, err := c.Encode([]*commonpb.Payload{payload([]byte("x")), payload(bytes.Repeat([]byte("y"), 9000))})
	if err != nil {
		f.Fatal(err)
	}
	for _, p := range append(sealed, payload(nil)) {
		f.Add(p.Metadata[converter.MetadataEncoding], p.Metadata[metadataKey], p.Data)
	}
	f.Add([]byte(encoding), []byte(c.write), []byte{})
	f.Fuzz(func(t *testing.T, enc, key, data []byte) {
		in := &commonpb.Payload{Metadata: map[string][]byte{converter.MetadataEncoding: enc, metadataKey: key}, Data: data}
		out, err := c.Decode([]*commonpb.Payload{in})
		if err != nil {
			if !errors.Is(err, ErrPlain) && !errors.Is(err, ErrKey) && !errors.Is(err, ErrBroken) {
				t.Fatalf("an error without a name: %v", err)
			}
			return
		}
		if got := string(out[0].Metadata["note"]); got != canary { // only what was sealed here opens
			t.Fatalf("opened something never sealed, note %q", got)
		}
	})
}

func FuzzUnpack(f *testing.F) {
	for _, n := range []int{0, 1, packAbove + 1, 100_000} {
		packed, err := pack(bytes.Repeat([]byte("z"), n))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(packed)
	}
	f.Fuzz(func(t *testing.T, packed []byte) {
		plain, err := unpack(packed)
		if err == nil && len(plain) > max(unpackMost, len(packed)) {
			t.Fatalf("%d bytes out of %d", len(plain), len(packed))
		}
	})
}

func BenchmarkRoundTrip(b *testing.B) {
	c := newCodec(b, "vigie", secretOf(1))
	for _, size := range []int{64, 1 << 10, 64 << 10, 1 << 20} {
		b.Run(fmt.Sprint(size), func(b *testing.B) {
			in := []*commonpb.Payload{payload(bytes.Repeat([]byte(`{"id":"inc_1"},`), size/15+1)[:size])}
			b.SetBytes(int64(size))
			b.ReportAllocs()
			for b.Loop() {
				out, err := c.Encode(in)
				if err != nil {
					b.Fatal(err)
				}
				if _, err := c.Decode(out); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
