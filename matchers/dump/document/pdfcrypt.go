package document

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/md5"
	"crypto/rc4"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/binary"
	"io"
)

// A pdfCrypt opens the strings and streams of an encrypted file (ISO 32000-2
// section 7.6). It knows the standard handler in all its revisions.
type pdfCrypt struct {
	key             []byte
	streams, string cryptKind
	metadata        bool
}

type cryptKind uint8

const (
	cryptNone cryptKind = iota
	cryptRC4
	cryptAES  // 128 bits, a key for each object
	cryptAES3 // 256 bits, one key
)

// unlock finds the key: a file may be opened by all without a password (which its
// maker then only meant to keep from being printed), else by those given.
func (d *pdfFile) unlock(passwords []string) error {
	e := d.dict(d.trailer["Encrypt"])
	if e == nil || d.resolve(e["Filter"]) != pdfName("Standard") {
		return errLocked
	}
	get := func(key string, usual int) int {
		if n, ok := d.number(e[key]); ok {
			return int(n)
		}
		return usual
	}
	str := func(key string) []byte { s, _ := d.resolve(e[key]).(pdfString); return s }
	h := handler{revision: get("R", 0), bits: get("Length", 40), permissions: int32(get("P", 0)), owner: str("O"), user: str("U"), ownerKey: str("OE"), userKey: str("UE"), metadata: d.resolve(e["EncryptMetadata"]) != false}
	if ids := d.array(d.trailer["ID"]); len(ids) > 0 {
		id, _ := d.resolve(ids[0]).(pdfString)
		h.id = id
	}
	c := &pdfCrypt{streams: cryptRC4, string: cryptRC4, metadata: h.metadata}
	version := get("V", 0)
	switch version {
	case 1:
		h.bits = 40
	case 2, 3:
	case 4, 5:
		h.bits = 128
		c.streams, c.string = d.cryptFilter(e, "StmF"), d.cryptFilter(e, "StrF")
	default:
		return errLocked
	}
	if h.bits < 40 || h.bits > 256 || len(h.owner) < 32 || len(h.user) < 32 {
		return errLocked
	}
	for _, p := range append([]string{""}, passwords...) {
		if c.key = h.open([]byte(p)); c.key != nil {
			clear(d.cache) // what was read so far was not decrypted
			clear(d.packs)
			d.crypt = c
			return nil
		}
	}
	return errLocked
}

func (d *pdfFile) cryptFilter(e pdfDict, which string) cryptKind {
	name, _ := d.resolve(e[which]).(pdfName)
	filter := d.dict(d.dict(e["CF"])[string(name)])
	switch d.resolve(filter["CFM"]) {
	case pdfName("V2"):
		return cryptRC4
	case pdfName("AESV2"):
		return cryptAES
	case pdfName("AESV3"):
		return cryptAES3
	}
	return cryptNone
}

// handler is the standard security handler's dictionary.
type handler struct {
	revision, bits    int
	permissions       int32
	owner, user       []byte
	ownerKey, userKey []byte
	id                []byte
	metadata          bool
}

// padding fills passwords up (algorithm 2).
const padding = "\x28\xBF\x4E\x5E\x4E\x75\x8A\x41\x64\x00\x4E\x56\xFF\xFA\x01\x08\x2E\x2E\x00\xB6\xD0\x68\x3E\x80\x2F\x0C\xA9\xFE\x64\x53\x69\x7A"

// open returns the key of the file, or nil when the password is wrong.
func (h *handler) open(password []byte) []byte {
	if h.revision >= 5 {
		return h.open256(password)
	}
	if key := h.openUser(password); key != nil {
		return key
	}
	return h.openUser(h.userPassword(password))
}

func pad(password []byte) []byte { return append(bytes.Clone(password), padding...)[:32] }

// openUser tries a user's password (algorithms 2, 4, 5 and 6).
func (h *handler) openUser(password []byte) []byte {
	m := md5.New()
	m.Write(pad(password))
	m.Write(h.owner[:32])
	m.Write(binary.LittleEndian.AppendUint32(nil, uint32(h.permissions)))
	m.Write(h.id)
	if h.revision >= 4 && !h.metadata {
		m.Write([]byte{255, 255, 255, 255})
	}
	n := min(h.bits/8, 16)
	key := m.Sum(nil)
	if h.revision >= 3 {
		for range 50 {
			sum := md5.Sum(key[:n])
			key = sum[:]
		}
	} else {
		n = 5
	}
	key = key[:n]
	if h.revision < 3 {
		if bytes.Equal(rc4Bytes(key, []byte(padding)), h.user[:32]) {
			return key
		}
		return nil
	}
	sum := md5.Sum(append([]byte(padding), h.id...))
	out := sum[:]
	for i := range 20 {
		out = rc4Bytes(turned(key, byte(i)), out)
	}
	if bytes.Equal(out, h.user[:16]) {
		return key
	}
	return nil
}

// userPassword is the user's password by the owner's (algorithm 7).
func (h *handler) userPassword(owner []byte) []byte {
	sum := md5.Sum(pad(owner))
	n := 5
	if h.revision >= 3 {
		n = min(h.bits/8, 16)
		for range 50 {
			sum = md5.Sum(sum[:])
		}
	}
	key, out := sum[:n], h.owner[:32]
	if h.revision < 3 {
		return rc4Bytes(key, out)
	}
	for i := 19; i >= 0; i-- {
		out = rc4Bytes(turned(key, byte(i)), out)
	}
	return out
}

func turned(key []byte, by byte) []byte {
	out := make([]byte, len(key))
	for i, c := range key {
		out[i] = c ^ by
	}
	return out
}

func rc4Bytes(key, b []byte) []byte {
	c, err := rc4.NewCipher(key)
	if err != nil {
		return nil
	}
	out := make([]byte, len(b))
	c.XORKeyStream(out, b)
	return out
}

// open256 tries a password as the user's and the owner's (algorithms 2.A, 11, 12).
func (h *handler) open256(password []byte) []byte {
	if len(h.user) < 48 || len(h.owner) < 48 || len(h.userKey) < 32 || len(h.ownerKey) < 32 {
		return nil
	}
	password = password[:min(len(password), 127)]
	for _, x := range []struct{ check, sealed, extra []byte }{{h.user, h.userKey, nil}, {h.owner, h.ownerKey, h.user[:48]}} {
		if !bytes.Equal(h.hash(password, x.check[32:40], x.extra), x.check[:32]) {
			continue
		}
		block, err := aes.NewCipher(h.hash(password, x.check[40:48], x.extra))
		if err != nil {
			return nil
		}
		key := make([]byte, 32)
		cipher.NewCBCDecrypter(block, make([]byte, 16)).CryptBlocks(key, x.sealed[:32])
		return key
	}
	return nil
}

// hash is algorithm 2.B; revision 5 is its first step alone.
func (h *handler) hash(password, salt, extra []byte) []byte {
	first := sha256.Sum256(bytes.Join([][]byte{password, salt, extra}, nil))
	k := first[:]
	if h.revision < 6 {
		return k
	}
	for i := 0; ; i++ {
		k1 := bytes.Repeat(bytes.Join([][]byte{password, k, extra}, nil), 64)
		block, err := aes.NewCipher(k[:16])
		if err != nil {
			return nil
		}
		cipher.NewCBCEncrypter(block, k[16:32]).CryptBlocks(k1, k1)
		sum := 0
		for _, c := range k1[:16] {
			sum += int(c)
		}
		switch sum % 3 {
		case 0:
			x := sha256.Sum256(k1)
			k = x[:]
		case 1:
			x := sha512.Sum384(k1)
			k = x[:]
		default:
			x := sha512.Sum512(k1)
			k = x[:]
		}
		if i >= 63 && int(k1[len(k1)-1]) <= i-32 {
			return k[:32]
		}
	}
}

// objectKey is the key of one object (algorithm 1).
func (c *pdfCrypt) objectKey(kind cryptKind, num, gen int) []byte {
	if kind == cryptAES3 {
		return c.key
	}
	b := append(bytes.Clone(c.key), byte(num), byte(num>>8), byte(num>>16), byte(gen), byte(gen>>8))
	if kind == cryptAES {
		b = append(b, "sAlT"...)
	}
	sum := md5.Sum(b)
	return sum[:min(len(c.key)+5, 16)]
}

// strings decrypts the strings in a value.
func (c *pdfCrypt) strings(v any, num, gen int) any {
	switch v := v.(type) {
	case pdfString:
		return pdfString(c.bytes(v, num, gen))
	case pdfArray:
		for i := range v {
			v[i] = c.strings(v[i], num, gen)
		}
	case pdfDict:
		for key := range v {
			v[key] = c.strings(v[key], num, gen)
		}
	case *pdfStream:
		c.strings(v.dict, num, gen)
	}
	return v
}

func (c *pdfCrypt) bytes(b []byte, num, gen int) []byte {
	out, err := io.ReadAll(c.reader(c.string, bytes.NewReader(b), num, gen))
	if err != nil {
		return nil
	}
	return out
}

// stream decrypts a stream.
func (c *pdfCrypt) stream(r io.Reader, s *pdfStream) io.Reader {
	if s.dict["Type"] == pdfName("Metadata") && !c.metadata {
		return r
	}
	return c.reader(c.streams, r, s.num, s.gen)
}

func (c *pdfCrypt) reader(kind cryptKind, r io.Reader, num, gen int) io.Reader {
	if kind == cryptNone {
		return r
	}
	key := c.objectKey(kind, num, gen)
	if kind == cryptRC4 {
		k, err := rc4.NewCipher(key)
		if err != nil {
			return r
		}
		return cipher.StreamReader{S: k, R: r}
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return r
	}
	return &cbcReader{r: r, block: block}
}

// cbcReader decrypts AES-CBC behind its initialisation vector, and takes the
// padding away.
type cbcReader struct {
	r     io.Reader
	block cipher.Block
	mode  cipher.BlockMode
	buf   [4 << 10]byte
	next  []byte // read, not yet decrypted: the last block may be padding
	out   []byte
	err   error
}

func (c *cbcReader) Read(p []byte) (int, error) {
	for len(c.out) == 0 {
		if c.err != nil {
			return 0, c.err
		}
		c.fill()
	}
	n := copy(p, c.out)
	c.out = c.out[n:]
	return n, nil
}

func (c *cbcReader) fill() {
	if c.mode == nil {
		iv := make([]byte, 16)
		if _, err := io.ReadFull(c.r, iv); err != nil {
			c.err = io.EOF
			return
		}
		c.mode = cipher.NewCBCDecrypter(c.block, iv)
	}
	n := copy(c.buf[:], c.next)
	k, err := io.ReadFull(c.r, c.buf[n:])
	n += k
	whole := n &^ 15
	if err != nil { // the end: the last block is padded
		c.err = io.EOF
		c.mode.CryptBlocks(c.buf[:whole], c.buf[:whole])
		if whole > 0 {
			if p := int(c.buf[whole-1]); p >= 1 && p <= 16 {
				whole -= p
			}
		}
		c.out = c.buf[:whole]
		return
	}
	whole -= 16 // there may be nothing behind it
	c.next = append(c.next[:0], c.buf[whole:n]...)
	c.mode.CryptBlocks(c.buf[:whole], c.buf[:whole])
	c.out = c.buf[:whole]
}
