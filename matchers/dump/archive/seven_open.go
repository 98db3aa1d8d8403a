package archive

import (
	"bufio"
	"compress/bzip2"
	"crypto/aes"
	"crypto/cipher"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io"
	"unicode/utf16"

	"github.com/klauspost/compress/flate"
	"github.com/stangelandcl/ppmd"

	"vigie/matchers/dump"
)

const idAES = "\x06\xf1\x07\x01"

// openFolder makes the reader of a folder's plain bytes. For an encrypted one it
// tries the passwords on its first file.
func (s *sevenReader) openFolder(f *sevenFolder, first sevenSub) (io.Reader, error) {
	encrypted := false
	for _, c := range f.coders {
		encrypted = encrypted || c.id == idAES
	}
	if !encrypted {
		return s.chain(f, f.main(), "", 0)
	}
	for _, password := range s.passwords {
		r, err := s.chain(f, f.main(), password, 0)
		if err != nil && !codeIs(err, dump.CodeDamaged) {
			return nil, err
		}
		if err == nil && sevenTrial(r, first) {
			return s.chain(f, f.main(), password, 0)
		}
	}
	return nil, refused(dump.CodeEncrypted)
}

// sevenTrial says whether the beginning of a folder can be right. 7z keeps no
// check of the password: a wrong one makes noise, which does not unpack.
func sevenTrial(r io.Reader, first sevenSub) bool {
	n := min(first.size, 1<<20)
	h := crc32.NewIEEE()
	err := safely(func() error { _, err := io.CopyN(h, r, n); return err })
	return err == nil && (n < first.size || !first.hasCRC || h.Sum32() == first.crc)
}

// chain makes the reader of an output: its coder, on what feeds its input.
func (s *sevenReader) chain(f *sevenFolder, out int, password string, depth int) (io.Reader, error) {
	if depth > len(f.coders) {
		return nil, errDamaged // coders in a circle
	}
	c := f.coders[out]
	input := 0
	for _, before := range f.coders[:out] {
		input += before.in
	}
	if c.in != 1 {
		return nil, refused(dump.CodeNoReader)
	}
	var r io.Reader
	for _, b := range f.binds {
		if b[0] == input {
			var err error
			if r, err = s.chain(f, b[1], password, depth+1); err != nil {
				return nil, err
			}
		}
	}
	if r == nil {
		var err error
		if r, err = s.packed(f, input); err != nil {
			return nil, err
		}
	}
	var plain io.Reader
	err := safely(func() (err error) { plain, err = s.coder(c, f.sizes[out], password, r); return err })
	return &sized{plain, f.sizes[out]}, err
}

// packed is the packed stream that feeds an input.
func (s *sevenReader) packed(f *sevenFolder, input int) (io.Reader, error) {
	for i, in := range f.packed {
		if at := f.firstPack + i; in == input && at+1 < len(s.streams.packOffsets) {
			from, to := s.streams.packOffsets[at], s.streams.packOffsets[at+1]
			if from > s.size {
				return nil, io.ErrUnexpectedEOF
			}
			return bufio.NewReaderSize(s.in.section(from, to-from), 1<<16), nil
		}
	}
	return nil, errDamaged
}

// sized ends a stream at its size, and knows when it is short.
type sized struct {
	r    io.Reader
	left int64
}

func (s *sized) Read(p []byte) (int, error) {
	if s.left <= 0 {
		return 0, io.EOF
	}
	n, err := s.r.Read(p[:min(int64(len(p)), s.left)])
	s.left -= int64(n)
	if errors.Is(err, io.EOF) && s.left > 0 {
		err = io.ErrUnexpectedEOF
	}
	return n, err
}

// coder makes the decoder of one step (7-Zip source, DOC/Methods.txt).
func (s *sevenReader) coder(c sevenCoder, size int64, password string, r io.Reader) (io.Reader, error) {
	switch c.id {
	case "\x00":
		return r, nil
	case "\x03\x01\x01":
		if len(c.props) != 5 {
			return nil, errDamaged
		}
		return s.lzma(r, c.props, size)
	case "\x21":
		return s.lzma2(c.props, size, r)
	case "\x03\x04\x01":
		return s.ppmd(c.props, size, r)
	case "\x04\x01\x08":
		return flate.NewReader(bufio.NewReader(r)), nil
	case "\x04\x01\x09":
		return newInflate64(bufio.NewReader(r)), nil
	case "\x04\x02\x02":
		return bzip2.NewReader(bufio.NewReader(r)), nil
	case "\x04\xf7\x11\x01":
		return s.zstd(r)
	case idAES:
		return s.aes(c.props, password, r)
	}
	return nil, refused(dump.CodeNoReader)
}

// lzma2 sets the one decoder of LZMA2 to a folder; a dictionary larger than
// what comes out is none.
func (s *sevenReader) lzma2(props []byte, size int64, r io.Reader) (io.Reader, error) {
	if len(props) != 1 {
		return nil, errDamaged
	}
	dict, err := lzma2Dict(props[0])
	if err != nil {
		return nil, err
	}
	dict = min(dict, size)
	if err := s.take(dict); err != nil {
		return nil, err
	}
	if s.lz == nil {
		s.lz = &lzma2Reader{}
	}
	s.lz.reset(r, dict)
	return s.lz, nil
}

func (s *sevenReader) ppmd(props []byte, size int64, r io.Reader) (io.Reader, error) {
	if len(props) != 5 {
		return nil, errDamaged
	}
	memory := int64(binary.LittleEndian.Uint32(props[1:]))
	if err := s.take(memory); err != nil {
		return nil, err
	}
	d, err := ppmd.NewH7zReader(bufio.NewReader(r), int(props[0]), int(memory), int(size))
	return &d, err
}

// sevenKeys derives keys from passwords, within a bound on the work that an
// archive may ask for.
type sevenKeys struct {
	known  map[string][]byte
	rounds int64
}

// maxRounds bounds the rounds of SHA-256 for all keys of one archive: 7-Zip
// takes 2^19 for one.
const maxRounds = 1 << 26

func (k *sevenKeys) key(password string, power byte, salt []byte) ([]byte, error) {
	id := string(append([]byte{power, byte(len(salt))}, salt...)) + password
	if key, ok := k.known[id]; ok {
		return key, nil
	}
	text := append([]byte{}, salt...)
	for _, u := range utf16.Encode([]rune(password)) {
		text = binary.LittleEndian.AppendUint16(text, u)
	}
	key := make([]byte, sha256.Size)
	if power == 0x3f {
		copy(key, text)
		return key, nil
	}
	if k.rounds += 1 << min(power, 40); k.rounds > maxRounds {
		return nil, refused(dump.CodeTooLarge)
	}
	h := sha256.New()
	text = append(text, make([]byte, 8)...)
	for i := range uint64(1) << power {
		binary.LittleEndian.PutUint64(text[len(text)-8:], i)
		_, _ = h.Write(text)
	}
	if k.known == nil {
		k.known = map[string][]byte{}
	}
	k.known[id] = h.Sum(key[:0])
	return k.known[id], nil
}

// aes makes the decrypting reader: AES-256 in CBC mode.
func (s *sevenReader) aes(props []byte, password string, r io.Reader) (io.Reader, error) {
	if len(props) < 2 {
		return nil, errDamaged
	}
	saltLen := int(props[0]>>7) + int(props[1]>>4)
	ivLen := int(props[0]>>6&1) + int(props[1]&0xf)
	if len(props) != 2+saltLen+ivLen {
		return nil, errDamaged
	}
	key, err := s.keys.key(password, props[0]&0x3f, props[2:2+saltLen])
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	iv := make([]byte, aes.BlockSize)
	copy(iv, props[2+saltLen:])
	return &cbcReader{r: r, mode: cipher.NewCBCDecrypter(block, iv), buf: make([]byte, 1<<15)}, nil
}

type cbcReader struct {
	r     io.Reader
	mode  cipher.BlockMode
	buf   []byte
	plain []byte
}

func (c *cbcReader) Read(p []byte) (int, error) {
	if len(c.plain) == 0 {
		n, err := io.ReadFull(c.r, c.buf)
		if n -= n % aes.BlockSize; n == 0 {
			if err == nil || errors.Is(err, io.ErrUnexpectedEOF) {
				err = io.EOF
			}
			return 0, err
		}
		c.plain = c.buf[:n]
		c.mode.CryptBlocks(c.plain, c.plain)
	}
	n := copy(p, c.plain)
	c.plain = c.plain[n:]
	return n, nil
}
