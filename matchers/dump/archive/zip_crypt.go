package archive

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/pbkdf2"
	"crypto/sha1"
	"crypto/subtle"
	"encoding/binary"
	"errors"
	"hash"
	"hash/crc32"
	"io"

	"vigie/matchers/dump"
)

// trialLen is how much of a member is unpacked to tell a wrong password that
// passed ZipCrypto's check of one byte, in bytes.
const trialLen = 64 << 10

// aesExtra is the extra field 0x9901 of WinZip's AES encryption (AE-1, AE-2).
type aesExtra struct {
	version  uint16
	strength byte // 1, 2, 3 for keys of 128, 192, 256 bits
	method   uint16
}

// decrypt finds the password that opens a member. It returns the packed bytes,
// their method, and whether the entry's CRC is to be believed (AE-2 has none).
func (z *zipReader) decrypt(e *zipEntry, packed *io.SectionReader) (io.Reader, uint16, bool, error) {
	switch {
	case e.flags&0x40 != 0: // PKWARE's strong encryption
		return nil, 0, false, refused(dump.CodeNoReader)
	case e.method == methodAES:
		r, err := openAES(e, packed, z.passwords)
		return r, e.aes.method, e.aes.version == 1, err
	}
	for _, password := range z.passwords {
		r, ok := openZipCrypto(e, packed, password)
		if !ok || !z.trial(e, r) {
			continue
		}
		r, _ = openZipCrypto(e, packed, password)
		return r, e.method, true, nil
	}
	return nil, 0, false, refused(dump.CodeEncrypted)
}

// trial unpacks the beginning of a member to see whether its password is right.
func (z *zipReader) trial(e *zipEntry, r io.Reader) bool {
	if len(z.passwords) == 1 && e.packed > trialLen && e.method == methodStore {
		return true
	}
	err := safely(func() error {
		plain, err := z.unpack(e.method, e, r)
		if err != nil {
			return err
		}
		_, err = io.CopyN(io.Discard, &checked{r: plain, e: e, crc: true}, trialLen)
		return err
	})
	return err == nil || errors.Is(err, io.EOF)
}

// openAES derives the keys and checks the password and returns the decrypted
// bytes, which end with an error when their authentication code is wrong.
// https://www.winzip.com/en/support/aes-encryption/
func openAES(e *zipEntry, packed *io.SectionReader, passwords []string) (io.Reader, error) {
	if e.aes.strength < 1 || e.aes.strength > 3 {
		return nil, errDamaged
	}
	keyLen := 8 + 8*int(e.aes.strength)
	head := make([]byte, keyLen/2+2)
	size := packed.Size() - int64(len(head)) - 10
	if _, err := packed.ReadAt(head, 0); err != nil || size < 0 {
		return nil, io.ErrUnexpectedEOF
	}
	salt, check := head[:keyLen/2], head[keyLen/2:]
	for _, password := range passwords {
		keys, err := pbkdf2.Key(sha1.New, password, salt, 1000, 2*keyLen+2)
		if err != nil {
			return nil, err
		}
		if subtle.ConstantTimeCompare(keys[2*keyLen:], check) == 0 {
			continue
		}
		block, err := aes.NewCipher(keys[:keyLen])
		if err != nil {
			return nil, err
		}
		end := make([]byte, 10)
		if _, err := packed.ReadAt(end, packed.Size()-10); err != nil && !errors.Is(err, io.EOF) {
			return nil, err
		}
		body := io.NewSectionReader(packed, int64(len(head)), size)
		return &aesReader{
			r: &exact{r: body, cut: packed.Size() < e.packed}, block: block,
			mac: hmac.New(sha1.New, keys[keyLen:2*keyLen]), end: end,
		}, nil
	}
	return nil, refused(dump.CodeEncrypted)
}

// aesReader decrypts in counter mode with a little-endian counter from 1, which
// crypto/cipher has not.
type aesReader struct {
	r       io.Reader
	block   cipher.Block
	mac     hash.Hash
	end     []byte
	counter uint64
	pad     [aes.BlockSize]byte
	used    int // bytes of pad used; 0 when a new one is due
}

func (a *aesReader) Read(p []byte) (int, error) {
	n, err := a.r.Read(p)
	_, _ = a.mac.Write(p[:n])
	for i := range p[:n] {
		if a.used == 0 {
			a.counter++
			var in [aes.BlockSize]byte
			binary.LittleEndian.PutUint64(in[:], a.counter)
			a.block.Encrypt(a.pad[:], in[:])
		}
		p[i] ^= a.pad[a.used]
		a.used = (a.used + 1) % aes.BlockSize
	}
	if errors.Is(err, io.EOF) && !hmac.Equal(a.mac.Sum(nil)[:10], a.end) {
		err = errDamaged
	}
	return n, err
}

// openZipCrypto sets up PKWARE's traditional cipher (APPNOTE 6.1). It says
// whether the password passes the check of one byte.
func openZipCrypto(e *zipEntry, packed *io.SectionReader, password string) (io.Reader, bool) {
	c := &zipCrypto{r: &exact{r: io.NewSectionReader(packed, 0, packed.Size()), cut: packed.Size() < e.packed},
		k0: 0x12345678, k1: 0x23456789, k2: 0x34567890}
	for i := range len(password) {
		c.update(password[i])
	}
	head := make([]byte, 12)
	if _, err := io.ReadFull(c, head); err != nil {
		return nil, false
	}
	want := byte(e.crc >> 24)
	if e.flags&8 != 0 {
		want = byte(e.date >> 8)
	}
	return c, head[11] == want || e.flags&8 != 0 && head[11] == byte(e.crc>>24)
}

type zipCrypto struct {
	r          io.Reader
	k0, k1, k2 uint32
}

func (c *zipCrypto) update(b byte) {
	c.k0 = crc32.IEEETable[byte(c.k0)^b] ^ c.k0>>8
	c.k1 = (c.k1+c.k0&0xff)*134775813 + 1
	c.k2 = crc32.IEEETable[byte(c.k2)^byte(c.k1>>24)] ^ c.k2>>8
}

func (c *zipCrypto) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	for i, b := range p[:n] {
		t := c.k2 | 2
		b ^= byte(t * (t ^ 1) >> 8)
		p[i] = b
		c.update(b)
	}
	return n, err
}
