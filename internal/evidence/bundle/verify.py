#!/usr/bin/env python3
"""Check this bundle with Python's standard library, and openssl if it is there."""
import base64, glob, hashlib, os, shutil, subprocess, sys

os.chdir(os.path.dirname(os.path.abspath(__file__)))
faults = 0


def say(ok, what):
    global faults
    faults += not ok
    print("ok   " if ok else "FAULT", what)


def sha256(path):
    h = hashlib.sha256()
    with open(path, "rb") as f:
        for block in iter(lambda: f.read(1 << 20), b""):
            h.update(block)
    return h.hexdigest()


def node(left, right):
    return hashlib.sha256(b"\x01" + left + right).digest()


def root_of(index, size, leaf, path):
    """RFC 9162, 2.1.3.2: the root that a leaf and the hashes beside its way lead to."""
    fn, sn, r = index, size - 1, leaf
    for p in path:
        if sn == 0:
            return None
        if fn & 1 or fn == sn:
            r = node(p, r)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            r = node(r, p)
        fn, sn = fn >> 1, sn >> 1
    return r if sn == 0 else None


listed = set()
for line in open("SHA256SUMS", encoding="utf-8"):
    digest, name = line.rstrip("\n").split("  ", 1)
    listed.add(name)
    say(os.path.exists(name) and sha256(name) == digest, name)
for folder, _, names in os.walk("."):
    for name in names:
        path = os.path.relpath(os.path.join(folder, name)).replace(os.sep, "/")
        if path not in listed and path != "SHA256SUMS":
            say(False, path + " is not listed in SHA256SUMS")

note = open("checkpoint/checkpoint.txt", "rb").read()
text, _, signatures = note.partition(b"\n\n")
text += b"\n"
origin, size, root = text.decode().split("\n")[:3]
size, root = int(size), base64.b64decode(root)
key = base64.b64decode(open("checkpoint/key.txt").read().strip().split("+", 2)[2])
signed = base64.b64decode(signatures.split()[2])
say(open("checkpoint/signed.txt", "rb").read() == text, "signed.txt is the signed part of checkpoint.txt")
say(open("checkpoint/signature.bin", "rb").read() == signed[4:], "signature.bin is its signature")
pem = base64.b64decode("".join(open("checkpoint/key.pem").read().split("\n")[1:-2]))
say(pem[-32:] == key[1:], "key.pem is the key of key.txt")
say(hashlib.sha256(origin.encode() + b"\n" + key).digest()[:4] == signed[:4], "the signature names this key")
if shutil.which("openssl"):
    done = subprocess.run(["openssl", "pkeyutl", "-verify", "-pubin", "-inkey", "checkpoint/key.pem", "-rawin",
                           "-in", "checkpoint/signed.txt", "-sigfile", "checkpoint/signature.bin"], capture_output=True)
    say(done.returncode == 0, "the signature, by openssl")
else:
    print("skip  the signature: openssl is not there")

taken = {}
for name in sorted(glob.glob("custody/*.txt")):
    leaf = open(name, "rb").read()
    proof = open(name[:-4] + ".proof").read().split()
    index, within = int(proof[0]), int(proof[1])
    path = [bytes.fromhex(h) for h in proof[2:]]
    found = root_of(index, within, hashlib.sha256(b"\x00" + leaf).digest(), path)
    fields = leaf.decode().split("\n")
    say(found == root and within == size and index + 1 == int(fields[1]), name + " is in the signed chain")
    if fields[4] in ("captured", "acquired"):
        taken.setdefault(fields[3], set()).add(fields[7])

for name in sorted(glob.glob("warc/*") + glob.glob("dump/*")):
    say("sha256:" + sha256(name) in taken.get(os.path.basename(name), ()), name + " is what custody took in")

print("%d faults" % faults)
sys.exit(1 if faults else 0)
