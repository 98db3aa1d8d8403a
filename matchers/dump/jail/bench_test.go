package jail

import (
	"context"
	"io"
	"testing"
)

func none(byte, []byte) error { return nil }

// BenchmarkStart is the cost of a child that has nothing to do.
func BenchmarkStart(b *testing.B) {
	for b.Loop() {
		if err := (&Jail{}).Run(context.Background(), []byte("nothing"), pattern{}, none); err != nil {
			b.Fatal(err)
		}
	}
}

// The three ways to read 1 GiB in pieces of 64 KiB; a child that only reads.
func BenchmarkServed(b *testing.B)     { read(b, pattern{1 << 30}) }
func BenchmarkDescriptor(b *testing.B) { read(b, written(b, 1<<30)) }

func read(b *testing.B, src Source) {
	b.SetBytes(src.Size())
	for b.Loop() {
		if err := (&Jail{}).Run(context.Background(), []byte("digest:-65536"), src, none); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkPattern is what making the bytes costs the parent in BenchmarkServed.
func BenchmarkPattern(b *testing.B) {
	src, buf := pattern{1 << 30}, make([]byte, blockSize)
	b.SetBytes(src.size)
	for b.Loop() {
		for off := int64(0); off < src.size; off += blockSize {
			if _, err := src.ReadAt(buf, off); err != nil {
				b.Fatal(err)
			}
		}
	}
}

// BenchmarkAnswers is what a child can tell, in answers of 64 KiB.
func BenchmarkAnswers(b *testing.B) {
	b.SetBytes(256 << 20)
	for b.Loop() {
		if err := (&Jail{}).Run(context.Background(), []byte("pour"), pattern{}, none); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkSpool(b *testing.B) {
	const size = 64 << 20
	s := NewSpool(tempFile(b))
	buf := make([]byte, blockSize)
	b.Run("put", func(b *testing.B) {
		b.SetBytes(size)
		for b.Loop() {
			m, err := s.Put(io.NewSectionReader(pattern{size}, 0, size))
			if err != nil {
				b.Fatal(err)
			}
			if err := m.Close(); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("read", func(b *testing.B) {
		m, err := s.Put(io.NewSectionReader(pattern{size}, 0, size))
		if err != nil {
			b.Fatal(err)
		}
		b.SetBytes(size)
		for b.Loop() {
			for off := int64(0); off < size; off += blockSize {
				if _, err := m.ReadAt(buf, off); err != nil {
					b.Fatal(err)
				}
			}
		}
	})
}
