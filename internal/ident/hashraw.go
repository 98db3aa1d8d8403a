package ident

// rawHashes are digests without salt, the most met in leaks first.
const rawHashes = `
0|MD5|<h32>
1000|NTLM|<h32>
900|MD4|<h32>
2600|md5(md5($pass))|<h32>
4400|md5(sha1($pass))|<h32>
4300|md5(strtoupper(md5($pass)))|<h32>
3500|md5(md5(md5($pass)))|<h32>
3000|LM|aad3b435b51404ee
3000||AAD3B435B51404EE
3000||<h32>
70|md5(utf16le($pass))|<h32>
8600|Lotus Notes/Domino 5|<h32>
9900|Radmin2|<h32>
20900|md5(sha1($pass).md5($pass).sha1($pass))|<h32>
32800|md5(sha1(md5($pass)))|<h32>
-1|MD2|<h32>
-1|RIPEMD-128|<h32>
100|SHA1|<h40>
300|MySQL4.1/MySQL5|<h40>
4500|sha1(sha1($pass))|<h40>
4700|sha1(md5($pass))|<h40>
6000|RIPEMD-160|<h40>
170|sha1(utf16le($pass))|<h40>
18500|sha1(md5(md5($pass)))|<h40>
4600|sha1(sha1(sha1($pass)))|<h40>
300|MySQL4.1/MySQL5|*<h40>
1400|SHA2-256|<h64>
17400|SHA3-256|<h64>
17800|Keccak-256|<h64>
21400|sha256(sha256_bin($pass))|<h64>
20800|sha256(md5($pass))|<h64>
6900|GOST R 34.11-94|<h64>
11700|GOST R 34.11-2012 (Streebog) 256-bit|<h64>
1470|sha256(utf16le($pass))|<h64>
31100|ShangMi 3 (SM3)|<h64>
34600|MD6 (256)|<h64>
1700|SHA2-512|<h128>
17600|SHA3-512|<h128>
18000|Keccak-512|<h128>
6100|Whirlpool|<h128>
11800|GOST R 34.11-2012 (Streebog) 512-bit|<h128>
1770|sha512(utf16le($pass))|<h128>
21000|BitShares v0.x - sha512(sha512_bin(pass))|<h128>
1300|SHA2-224|<h56>
17300|SHA3-224|<h56>
17700|Keccak-224|<h56>
34400|sha224(sha224($pass))|<h56>
34500|sha224(sha1($pass))|<h56>
30420|DANE RFC7929/RFC8162 SHA2-256|<h56>
10800|SHA2-384|<h96>
17500|SHA3-384|<h96>
17900|Keccak-384|<h96>
10870|sha384(utf16le($pass))|<h96>
33600|RIPEMD-320|<h80>
600|BLAKE2b-512|$BLAKE2$<h128>
34800|BLAKE2b-256|$BLAKE2$<h64>
31000|BLAKE2s-256|$BLAKE2$<h64>
200|MySQL323|<m16>
3000|LM|<m16>
5100|Half MD5|<m16>
34201|MurmurHash64A (zero seed)|<m16>
18700|Java Object hashCode()|?<m8>
34211|MurmurHash64A truncated (zero seed)|?<m8>
20500|PKZIP Master Key|<m24>
20510|PKZIP Master Key (6 byte optimization)|<m24>
24700|Stuffit5|?<m10>
101|nsldap, SHA-1(Base64), Netscape LDAP SHA|{SHA}<b28>
-1|LDAP {MD5}|{MD5}<b24>
-1|LDAP {SHA256}|{SHA256}<b44>
-1|LDAP {SHA512}|{SHA512}<b88>
-1|LDAP {NTLM}|{NT}<h32>
1431|base64(sha256(utf16le($pass)))|<b43>=
133|PeopleSoft|<b27>=
24800|Umbraco HMAC-SHA1|<b27>=
28300|Teamspeak 3 (channel hash)|<b27>=
5700|Cisco-IOS type 4 (SHA256)|?<i43>
1421|hMailServer|<h70>
125|ArubaOS|<h50>
122|macOS v10.4, v10.5, v10.6|<h48>
1722|macOS v10.7|<h136>
12300|Oracle T: Type (Oracle 12+)|<h160>
12900|Android FDE (Samsung DEK)|<h160>
8100|Citrix NetScaler (SHA1)|1<h48>
22200|Citrix NetScaler (SHA512)|2<h136>
33900|Citrix NetScaler (PBKDF2-HMAC-SHA256)|5<h128>
33900||5<h136>
`

// saltedHashes are digests beside their salt. Salts of the lengths that one
// product alone uses come before the rest.
const saltedHashes = `
2611|vBulletin < v3.8.5|<h32>:<r3>
21|osCommerce, xt:Commerce|<h32>:<r2>
2811|MyBB 1.2+, IPB2+ (Invision Power Board)|<h32>:<r5>
2811||<h32>:<w8>
2711|vBulletin >= v3.8.5|<h32>:<r30>
11|Joomla < 2.5.18|<h32>:<w32>
26401|AES-128-ECB NOKDF (PT = $salt, key = $pass)|<h32>:<h32>
26402|AES-192-ECB NOKDF (PT = $salt, key = $pass)|<h32>:<h32>
26403|AES-256-ECB NOKDF (PT = $salt, key = $pass)|<h32>:<h32>
11000|PrestaShop|<h32>:<r56>
4800|iSCSI CHAP authentication, MD5(CHAP)|<h32>:<h32>:<h2>
6800|LastPass + LastPass sniffed|<h32>:<d1-7>:<c+>
6800||<h32>:<d1-7>:<c+>:<h32>
12|PostgreSQL|<h32>:postgres
1100|Domain Cached Credentials (DCC), MS Cache|<h32>:administrator
1100||<h32>:Administrator
10|md5($pass.$salt)|<h32>:<c*>
20|md5($salt.$pass)|<h32>:<c*>
23|Skype|<h32>:<c1-32>
12|PostgreSQL|<h32>:<c1-63>
1100|Domain Cached Credentials (DCC), MS Cache|<h32>:<c1-32>
3710|md5($salt.md5($pass))|<h32>:<c*>
2611|vBulletin < v3.8.5|<h32>:<r1-23>
50|HMAC-MD5 (key = $pass)|<h32>:<c*>
60|HMAC-MD5 (key = $salt)|<h32>:<c*>
30|md5(utf16le($pass).$salt)|<h32>:<c*>
40|md5($salt.utf16le($pass))|<h32>:<c*>
3800|md5($salt.$pass.$salt)|<h32>:<c*>
3910|md5(md5($pass).md5($salt))|<h32>:<c*>
4010|md5($salt.md5($salt.$pass))|<h32>:<c*>
4110|md5($salt.md5($pass.$salt))|<h32>:<c*>
2630|md5(md5($pass.$salt))|<h32>:<c*>
4410|md5(sha1($pass).$salt)|<h32>:<c*>
4420|md5(sha1($pass.$salt))|<h32>:<c*>
4430|md5(sha1($salt.$pass))|<h32>:<c*>
21200|md5(sha1($salt).md5($pass))|<h32>:<c*>
21300|md5($salt.sha1($salt.$pass))|<h32>:<c*>
30500|md5(md5($salt).md5(md5($pass)))|<h32>:<c*>
33100|md5($salt.md5($pass).$salt)|<h32>:<c*>
3610|md5(md5(md5($pass)).$salt)|<h32>:<c*>
31500|Domain Cached Credentials (DCC), MS Cache (NT)|<h32>:<c1-32>
24|SolarWinds Serv-U|<h32>:<c2>
3730|md5($salt1.strtoupper(md5($salt2.$pass)))|<h32>:<c+>:<c+>
24901|Dahua NVR/DVR/HVR|<h32>:<c+>:<c+>
33000|md5($salt1.$pass.$salt2)|<h32>:<c+>:<c+>
21310|md5($salt1.sha1($salt2.$pass))|<h32>:<c+>:<c+>
31700|md5(md5(md5($pass).$salt1).$salt2)|<h32>:<c+>:<c+>
32300|Empire CMS (Admin password)|<h32>:<c*>:<c*>
-1|LM:NTLM of a domain|aad3b435b51404eeaad3b435b51404ee:<h32>
112|Oracle S: Type (Oracle 11+)|<h40>:<h20>
112||S:<h60>
4522|PunBB|<h40>:<w12>
13900|OpenCart|<h40>:<w9>
13500|PeopleSoft PS_TOKEN|<h40>:<h60-2048>
14400|sha1(CX)|<h40>:<h20>
4521|Redmine|<h40>:<h32>
8400|WBB3 (Woltlab Burning Board)|<h40>:<h40>
27200|Ruby on Rails Restful Auth (one round, no sitekey)|<h40>:<h40>
5800|Samsung Android Password/PIN|<h40>:<m16>
110|sha1($pass.$salt)|<h40>:<c*>
120|sha1($salt.$pass)|<h40>:<c*>
121|SMF (Simple Machines Forum) > v1.1|<h40>:<c+>
150|HMAC-SHA1 (key = $pass)|<h40>:<c*>
160|HMAC-SHA1 (key = $salt)|<h40>:<c*>
130|sha1(utf16le($pass).$salt)|<h40>:<c*>
140|sha1($salt.utf16le($pass))|<h40>:<c*>
4510|sha1(sha1($pass).$salt)|<h40>:<c*>
4520|sha1($salt.sha1($pass))|<h40>:<c*>
4710|sha1(md5($pass).$salt)|<h40>:<c*>
4711|Huawei sha1(md5($pass).$salt)|<h40>:<c*>
4900|sha1($salt.$pass.$salt)|<h40>:<c*>
21100|sha1(md5($pass.$salt))|<h40>:<c*>
24300|sha1($salt.sha1($pass.$salt))|<h40>:<c*>
5800|Samsung Android Password/PIN|<h40>:<w1-16>
6050|HMAC-RIPEMD160 (key = $pass)|<h40>:<c*>
6060|HMAC-RIPEMD160 (key = $salt)|<h40>:<c*>
29000|sha1($salt.sha1(utf16le($username).':'.utf16le($pass)))|<h40>:<m4-400>:<m4-400>
19300|sha1($salt1.$pass.$salt2)|<h40>:<c+>:<c+>
19500|Ruby on Rails Restful-Authentication|<h40>:<c+>:<c+>
29000|sha1($salt.sha1(utf16le($username).':'.utf16le($pass)))|<h40>:<h*>:<h*>
12600|ColdFusion 10+|<h64>:<h64>
13800|Windows Phone 8+ PIN/password|<h64>:<h256>
1410|sha256($pass.$salt)|<h64>:<c*>
1420|sha256($salt.$pass)|<h64>:<c*>
1450|HMAC-SHA256 (key = $pass)|<h64>:<c*>
1460|HMAC-SHA256 (key = $salt)|<h64>:<c*>
1430|sha256(utf16le($pass).$salt)|<h64>:<c*>
1440|sha256($salt.utf16le($pass))|<h64>:<c*>
20710|sha256(sha256($pass).$salt)|<h64>:<c*>
20720|sha256($salt.sha256($pass))|<h64>:<c*>
20730|sha256(sha256($pass.$salt))|<h64>:<c*>
21420|sha256($salt.sha256_bin($pass))|<h64>:<c*>
22300|sha256($salt.$pass.$salt)|<h64>:<c*>
20712|RSA Security Analytics / NetWitness (sha256)|<h64>:<c*>
11750|HMAC-Streebog-256 (key = $pass)|<h64>:<c*>
11760|HMAC-Streebog-256 (key = $salt)|<h64>:<c*>
7300|IPMI2 RAKP HMAC-SHA1|<h100-600>:<h40>
7350|IPMI2 RAKP HMAC-MD5|<h100-600>:<h32>
15000|FileZilla Server >= 0.9.55|<h128>:<r64>
1710|sha512($pass.$salt)|<h128>:<c*>
1720|sha512($salt.$pass)|<h128>:<c*>
1750|HMAC-SHA512 (key = $pass)|<h128>:<c*>
1760|HMAC-SHA512 (key = $salt)|<h128>:<c*>
1730|sha512(utf16le($pass).$salt)|<h128>:<c*>
1740|sha512($salt.utf16le($pass))|<h128>:<c*>
32410|sha512(sha512($pass).$salt)|<h128>:<c*>
32420|sha512(sha512_bin($pass).$salt)|<h128>:<c*>
32600|CubeCart (Whirlpool($salt.$pass.$salt))|<h128>:<c*>
11850|HMAC-Streebog-512 (key = $pass)|<h128>:<c*>
11860|HMAC-Streebog-512 (key = $salt)|<h128>:<c*>
10810|sha384($pass.$salt)|<h96>:<c*>
10820|sha384($salt.$pass)|<h96>:<c*>
10830|sha384(utf16le($pass).$salt)|<h96>:<c*>
10840|sha384($salt.utf16le($pass))|<h96>:<c*>
1310|sha224($pass.$salt)|<h56>:<c*>
1320|sha224($salt.$pass)|<h56>:<c*>
33650|HMAC-RIPEMD320 (key = $pass)|<h80>:<c*>
33660|HMAC-RIPEMD320 (key = $salt)|<h80>:<c*>
610|BLAKE2b-512($pass.$salt)|$BLAKE2$<h128>:<c*>
620|BLAKE2b-512($salt.$pass)|$BLAKE2$<h128>:<c*>
34810|BLAKE2b-256($pass.$salt)|$BLAKE2$<h64>:<c*>
34820|BLAKE2b-256($salt.$pass)|$BLAKE2$<h64>:<c*>
33300|HMAC-BLAKE2S (key = $pass)|$BLAKE2$<h64>:<c*>
11500|CRC32|<h8>:<h8>
27900|CRC32C|<h8>:<h8>
25700|MurmurHash|<h8>:<h8>
27800|MurmurHash3|<h8>:<h8>
14900|Skip32 (PT = $salt, key = $pass)|<h8>:<h8>
14000|DES (PT = $salt, key = $pass)|<h16>:<h16>
14100|3DES (PT = $salt, key = $pass)|<h16>:<h16>
28000|CRC64Jones|<h16>:<h16>
34200|MurmurHash64A|<h16>:<h16>
10100|SipHash|<h16>:<d1>:<d1>:<h32>
3100|Oracle H: Type (Oracle 7+)|<h16>:<c1-30>
20600|Oracle Transportation Management (SHA256)|otm_sha256:<d+>:<c+>:<b44>
30700|Anope IRC Services (enc_sha256)|sha256:<h64>:<h64>
18100|TOTP (HMAC-SHA1)|<d6>:<d1-10>
15400|ChaCha20|$chacha20$*<r+>
33500|RC4 40-bit DropN|$rc4$40$<r+>
33501|RC4 72-bit DropN|$rc4$72$<r+>
33502|RC4 104-bit DropN|$rc4$104$<r+>
`
