package ident

// systemHashes are those of operating systems, network gear and databases.
const systemHashes = `
1000|NTLM|<c1-64>:<d1-10>:<h32>:<h32>:::
3200|bcrypt $2*$, Blowfish (Unix)|$2a$<d2>$<i53>
3200||$2b$<d2>$<i53>
3200||$2y$<d2>$<i53>
3200||$2x$<d2>$<i53>
3200||$2$<d2>$<i53>
25600|bcrypt(md5($pass))|$2a$<d2>$<i53>
25600||$2b$<d2>$<i53>
25600||$2y$<d2>$<i53>
25800|bcrypt(sha1($pass))|$2a$<d2>$<i53>
25800||$2b$<d2>$<i53>
25800||$2y$<d2>$<i53>
30600|bcrypt(sha256($pass))|$2a$<d2>$<i53>
30600||$2b$<d2>$<i53>
30600||$2y$<d2>$<i53>
28400|bcrypt(sha512($pass))|$2a$<d2>$<i53>
28400||$2b$<d2>$<i53>
28400||$2y$<d2>$<i53>
33800|WBB4 (Woltlab Burning Board 4)|$2a$<d2>$<i53>
33800||$2y$<d2>$<i53>
30601|bcrypt-sha256 v2 bcrypt(HMAC-SHA256($pass))|$bcrypt-sha256$<r+>
500|md5crypt, MD5 (Unix), Cisco-IOS $1$ (MD5)|$1$<s*>$<i22>
1800|sha512crypt $6$, SHA512 (Unix)|$6$<s*>$<i86>
1800||$6$rounds=<d+>$<s*>$<i86>
7400|sha256crypt $5$, SHA256 (Unix)|$5$<s*>$<i43>
7400||$5$rounds=<d+>$<s*>$<i43>
-1|yescrypt|$y$<i+>$<i*>$<i43>
-1|gost-yescrypt|$gy$<i+>$<i*>$<i43>
-1|scrypt (Unix)|$7$<i11-60>$<i43>
34000|Argon2|$argon2id$<r+>
34000||$argon2i$<r+>
34000||$argon2d$<r+>
70000|argon2id [Bridged: reference implementation + tunings]|$argon2id$<r+>
70000||$argon2i$<r+>
70000||$argon2d$<r+>
35100|sm3crypt $sm3$, SM3 (Unix)|$sm3$<r+>
1600|Apache $apr1$ MD5, md5apr1, MD5 (APR)|$apr1$<s*>$<i22>
1600||{apr1}<s*>$<i22>
3300|MD5(Sun)|$md5$<r+>
3300||$md5,<r+>
15100|Juniper/NetBSD sha1crypt|$sha1$<d+>$<s+>$<i28>
15100||$sha1$<d+>$<s+>$<i27>
12400|BSDi Crypt, Extended DES|_<i19>
1500|descrypt, DES (Unix), Traditional DES|?<i13>
19000|QNX /etc/shadow (MD5)|@m@<h32>@<h+>@
19000||@m@<h32>@<h+>
19000||@m,<d+>@<h32>@<h+>
19100|QNX /etc/shadow (SHA256)|@s@<h64>@<h+>@
19100||@s@<h64>@<h+>
19100||@s,<d+>@<h64>@<h+>
19200|QNX /etc/shadow (SHA512)|@S@<h128>@<h+>@
19200||@S@<h128>@<h+>
19200||@S,<d+>@<h128>@<h+>
19210|QNX 7 /etc/shadow (SHA512)|@S@<b88>@<b+>
19210||@S,<d+>@<b88>@<b+>
6300|AIX {smd5}|{smd5}<i1-16>$<i22>
6700|AIX {ssha1}|{ssha1}<d2>$<i*>$<i27>
6400|AIX {ssha256}|{ssha256}<d2>$<i*>$<i43>
6500|AIX {ssha512}|{ssha512}<d2>$<i*>$<i86>
7100|macOS v10.8+ (PBKDF2-SHA512)|$ml$<d+>$<h+>$<h+>
7200|GRUB 2|grub.pbkdf2.sha512.<d+>.<h+>.<h+>
2100|Domain Cached Credentials 2 (DCC2), MS Cache 2|$DCC2$<d+>#<f+>#<h32>
2100||$DCC2$<f+>#<h32>
31600|Domain Cached Credentials 2 (DCC2), MS Cache 2 (NT)|$DCC2$<d+>#<f+>#<h32>
12800|MS-AzureSync PBKDF2-HMAC-SHA256|v1;PPH1_MD4,<h20>,<d+>,<h64>;
12800||v1;PPH1_MD4,<h20>,<d+>,<h64>
28100|Windows Hello PIN/Password|$WINHELLO$*<r+>
15300|DPAPI masterkey file v1 (context 1 and 2)|$DPAPImk$1*1*<r+>
15300||$DPAPImk$1*2*<r+>
15310|DPAPI masterkey file v1 (context 3)|$DPAPImk$1*3*<r+>
15900|DPAPI masterkey file v2 (context 1 and 2)|$DPAPImk$2*1*<r+>
15900||$DPAPImk$2*2*<r+>
15910|DPAPI masterkey file v2 (context 3)|$DPAPImk$2*3*<r+>
9200|Cisco-IOS $8$ (PBKDF2-SHA256)|$8$<i14>$<i43>
9300|Cisco-IOS $9$ (scrypt)|$9$<i14>$<i43>
2400|Cisco-PIX MD5|?<i16>
2410|Cisco-ASA MD5|?<i16>:<c1-4>
22|Juniper NetScreen/SSG (ScreenOS)|n<b30>:<c+>
22||n<b29>:<c+>
501|Juniper IVE|<b103>=
501||<b102>==
7000|FortiGate (FortiOS)|AK1<b43>=
7000||AK1<b44>
26300|FortiGate256 (FortiOS256)|SH2<b59>=
26300||SH2<b60>
16100|TACACS+|$tacacs-plus$0$<r+>
25000|SNMPv3 HMAC-MD5-96/HMAC-SHA1-96|$SNMPv3$0$<r+>
25100|SNMPv3 HMAC-MD5-96|$SNMPv3$1$<r+>
25200|SNMPv3 HMAC-SHA1-96|$SNMPv3$2$<r+>
26700|SNMPv3 HMAC-SHA224-128|$SNMPv3$3$<r+>
26800|SNMPv3 HMAC-SHA256-192|$SNMPv3$4$<r+>
26900|SNMPv3 HMAC-SHA384-256|$SNMPv3$5$<r+>
27300|SNMPv3 HMAC-SHA512-384|$SNMPv3$6$<r+>
131|MSSQL (2000)|0x0100<h88>
132|MSSQL (2005)|0x0100<h48>
1731|MSSQL (2012, 2014)|0x0200<h136>
8000|Sybase ASE|0xc007<h80>
8000||0xC007<h80>
7401|MySQL $A$ (sha256crypt)|$mysql$A$<d3>*<h40>*<h86>
7401||$mysql$A$<d3>*<r+>
11200|MySQL CRAM (SHA1)|$mysqlna$<h40>*<h40>
11100|PostgreSQL CRAM (MD5)|$postgres$<t+>*<h8>*<h32>
28600|PostgreSQL SCRAM-SHA-256|SCRAM-SHA-256$<d+>:<b+>$<b+>:<b+>
24100|MongoDB ServerKey SCRAM-SHA-1|$mongodb-scram$*0*<r+>
24200|MongoDB ServerKey SCRAM-SHA-256|$mongodb-scram$*1*<r+>
23200|XMPP SCRAM PBKDF2-SHA1|$xmpp-scram$0$<r+>
-1|PostgreSQL md5|md5<h32>
7701|SAP CODVN B (BCODE) from RFC_READ_TABLE|<s1-40>$<U8>00000000
7700|SAP CODVN B (BCODE)|<s1-40>$<U16>
7701||<s1-40>$<U16>
7801|SAP CODVN F/G (PASSCODE) from RFC_READ_TABLE|<s1-40>$<U20>00000000000000000000
7800|SAP CODVN F/G (PASSCODE)|<s1-40>$<U40>
7801||<s1-40>$<U40>
10300|SAP CODVN H (PWDSALTEDHASH) iSSHA-1|{x-issha, <d+>}<b+>
35000|SAP CODVN H (PWDSALTEDHASH) isSHA512|{x-isSHA512, <d+>}<b+>
8500|RACF|$racf$*<t+>*<h16>
14200|RACF KDFAES|$racf-kdfaes$*<r+>
33400|RACF KDFAES|$racf-kdfaes$*<r+>
8501|AS/400 DES|$as400des$*<t+>*<h16>
35200|AS/400 SSHA1|$as400ssha1$<r+>
8700|Lotus Notes/Domino 6|(G<r20>)
9100|Lotus Notes/Domino 8|(H<r49>)
26200|OpenEdge Progress Encode|?<w16>
23300|Apple iWork|$iwork$<r+>
31300|MS SNTP|$sntp-ms$<h32>$<h+>
33700|Microsoft Online Account (PBKDF2-HMAC-SHA256 + AES256)|$MSONLINEACCOUNT$<r+>
27400|VMware VMX (PBKDF2-HMAC-SHA1 + AES-256-CBC)|$vmx$<r+>
27500|VirtualBox (PBKDF2-HMAC-SHA256 & AES-128-XTS)|$vbox$0$<d+>$<h+>$8$<r+>
27600|VirtualBox (PBKDF2-HMAC-SHA256 & AES-256-XTS)|$vbox$0$<d+>$<h+>$16$<r+>
27500||$vbox$<r+>
27600||$vbox$<r+>
`

// webHashes are those of applications, frameworks and directories.
const webHashes = `
400|phpass, WordPress, Joomla, phpBB3 (MD5)|$P$<i31>
400||$H$<i31>
7900|Drupal7|$S$<i52>
-1|WordPress 6.8 bcrypt|$wp$2y$<d2>$<i53>
124|Django (SHA-1)|sha1$<s*>$<h40>
30000|Python Werkzeug MD5 (HMAC-MD5 (key = $salt))|md5$<s*>$<h32>
-1|Django (MD5)|md5$<s*>$<h32>
30120|Python Werkzeug SHA256 (HMAC-SHA256 (key = $salt))|sha256$<s*>$<h64>
10000|Django (PBKDF2-SHA256)|pbkdf2_sha256$<d+>$<s*>$<b44>
-1|Django (PBKDF2-SHA1)|pbkdf2_sha1$<d+>$<s*>$<b28>
-1|Django bcrypt|bcrypt$$2b$<d2>$<i53>
-1|Django bcrypt-sha256|bcrypt_sha256$$2b$<d2>$<i53>
-1|Django Argon2|argon2$argon2<r+>
-1|Werkzeug PBKDF2-SHA256|pbkdf2:sha256:<d+>$<s+>$<h64>
-1|Werkzeug scrypt|scrypt:<d+>:<d+>:<d+>$<s+>$<h128>
21600|Web2py pbkdf2-sha512|pbkdf2(<d+>,<d+>,sha512)$<s+>$<h40>
-1|ASP.NET Identity v3|AQAAAA<b78>
111|nsldaps, SSHA-1(Base64), Netscape LDAP SSHA|{SSHA}<b32-400>
1411|SSHA-256(Base64), LDAP {SSHA256}|{SSHA256}<b46-400>
1711|SSHA-512(Base64), LDAP {SSHA512}|{SSHA512}<b88-400>
-1|LDAP {SMD5}|{SMD5}<b28-400>
500|md5crypt, MD5 (Unix), Cisco-IOS $1$ (MD5)|{CRYPT}$1$<s*>$<i22>
1800|sha512crypt $6$, SHA512 (Unix)|{CRYPT}$6$<r+>
7400|sha256crypt $5$, SHA256 (Unix)|{CRYPT}$5$<r+>
3200|bcrypt $2*$, Blowfish (Unix)|{CRYPT}$2<w1>$<d2>$<i53>
1500|descrypt, DES (Unix), Traditional DES|{CRYPT}<i13>
16400|CRAM-MD5 Dovecot|{CRAM-MD5}<h64>
10901|RedHat 389-DS LDAP (PBKDF2-HMAC-SHA256)|{PBKDF2_SHA256}<b+>
10901||{PBKDF2-SHA256}<r+>
12001|Atlassian (PBKDF2-HMAC-SHA1)|{PKCS5S2}<b64>
10900|PBKDF2-HMAC-SHA256|sha256:<d+>:<b+>:<b+>
12000|PBKDF2-HMAC-SHA1|sha1:<d+>:<b+>:<b+>
12100|PBKDF2-HMAC-SHA512|sha512:<d+>:<b+>:<b+>
11900|PBKDF2-HMAC-MD5|md5:<d+>:<b+>:<b+>
32900|PBKDF1-SHA1|PBKDF1:sha1:<d+>:<b+>:<b+>
20300|Python passlib pbkdf2-sha256|$pbkdf2-sha256$<d+>$<p+>$<p43>
20200|Python passlib pbkdf2-sha512|$pbkdf2-sha512$<d+>$<p+>$<p86>
20400|Python passlib pbkdf2-sha1|$pbkdf2$<d+>$<p+>$<p27>
-1|PBKDF2 (PHC)|$pbkdf2-<r+>
-1|scrypt (PHC)|$scrypt$<r+>
8900|scrypt|SCRYPT:<d+>:<d+>:<d+>:<b+>:<b+>
70100|scrypt [Bridged: Scrypt-Jane SMix]|SCRYPT:<d+>:<d+>:<d+>:<b+>:<b+>
70200|scrypt [Bridged: Scrypt-Yescrypt]|SCRYPT:<d+>:<d+>:<d+>:<b+>:<b+>
12150|Apache Shiro 1 SHA-512|$shiro1$SHA-512$<d+>$<b+>$<b+>
-1|Apache Shiro 1|$shiro1$<r+>
2612|PHPS|$PHPS$<h+>$<h32>
3711|MediaWiki B type|$B$<s*>$<h32>
-1|MediaWiki A type|$A$<h32>
-1|MediaWiki PBKDF2|:pbkdf2:<r+>
-1|MediaWiki B type|:B:<r+>
20711|AuthMe sha256|$SHA$<s+>$<h64>
141|Episerver 6.x < .NET 4|$episerver$*0*<b+>*<b27>
141||$episerver$*0*<r+>
1441|Episerver 6.x >= .NET 4|$episerver$*1*<r+>
21500|SolarWinds Orion|$solarwinds$0$<r+>
21501|SolarWinds Orion v2|$solarwinds$1$<r+>
32000|NetIQ SSPR (MD5)|$sspr$0$<r+>
32010|NetIQ SSPR (SHA1)|$sspr$1$<r+>
32020|NetIQ SSPR (SHA-1 with Salt)|$sspr$2$<r+>
32030|NetIQ SSPR (SHA-256 with Salt)|$sspr$3$<r+>
32031|Adobe AEM (SSPR, SHA-256 with Salt)|$sspr$3$<r+>
32040|NetIQ SSPR (SHA-512 with Salt)|$sspr$4$<r+>
32041|Adobe AEM (SSPR, SHA-512 with Salt)|$sspr$4$<r+>
32050|NetIQ SSPR (PBKDF2WithHmacSHA1)|$sspr$5$<r+>
32060|NetIQ SSPR (PBKDF2WithHmacSHA256)|$sspr$6$<r+>
32070|NetIQ SSPR (PBKDF2WithHmacSHA512)|$sspr$7$<r+>
29200|Radmin3|$radmin3$<r+>
16500|JWT (JSON Web Token)|eyJ<k+>.eyJ<k+>.<k+>
29100|Flask Session Cookie ($salt.$salt.$pass)|eyJ<k+>.<k6>.<k27>
29100||.eJ<k+>.<k6>.<k27>
16501|Perl Mojolicious session cookie (HMAC-SHA256, >= v9.19)|<w2-40>=<b+>--<h64>
16501||mojolicious=<r+>
16501||session=<r+>
22301|Telegram Mobile App Passcode (SHA256)|$telegram$0*<r+>
22600|Telegram Desktop < v2.1.14 (PBKDF2-HMAC-SHA1)|$telegram$1*<r+>
24500|Telegram Desktop >= v2.1.14 (PBKDF2-HMAC-SHA512)|$telegram$2*<r+>
16000|Tripcode|?<i10>
24900|Dahua Authentication MD5|?<w8>
33800|WBB4 (Woltlab Burning Board 4)|bcrypt:$2a$<d2>$<i53>
33400|mega.nz password-protected link (PBKDF2-HMAC-SHA512)|P!<u+>
28700|Amazon AWS4-HMAC-SHA256|$AWS-Sig-v4$0$<r+>
`
