package ident

// networkHashes are taken from exchanges between machines.
const networkHashes = `
5600|NetNTLMv2|<c*>::<c*>:<h16>:<h32>:<h+>
27100|NetNTLMv2 (NT)|<c*>::<c*>:<h16>:<h32>:<h+>
5500|NetNTLMv1 / NetNTLMv1+ESS|<c*>::<c*>:<h48>:<h48>:<h16>
5500||<c*>::<c*>::<h48>:<h16>
27000|NetNTLMv1 / NetNTLMv1+ESS (NT)|<c*>::<c*>:<h48>:<h48>:<h16>
27000||<c*>::<c*>::<h48>:<h16>
13100|Kerberos 5, etype 23, TGS-REP|$krb5tgs$23$<r+>
13100||$krb5tgs$<c+>:<h32>$<h+>
35300|Kerberos 5, etype 23, TGS-REP (NT)|$krb5tgs$23$<r+>
19600|Kerberos 5, etype 17, TGS-REP|$krb5tgs$17$<r+>
19700|Kerberos 5, etype 18, TGS-REP|$krb5tgs$18$<r+>
18200|Kerberos 5, etype 23, AS-REP|$krb5asrep$23$<r+>
18200||$krb5asrep$<c+>:<h32>$<h+>
35400|Kerberos 5, etype 23, AS-REP (NT)|$krb5asrep$23$<r+>
32100|Kerberos 5, etype 17, AS-REP|$krb5asrep$17$<r+>
32200|Kerberos 5, etype 18, AS-REP|$krb5asrep$18$<r+>
7500|Kerberos 5, etype 23, AS-REQ Pre-Auth|$krb5pa$23$<r+>
19800|Kerberos 5, etype 17, Pre-Auth|$krb5pa$17$<r+>
19900|Kerberos 5, etype 18, Pre-Auth|$krb5pa$18$<r+>
28800|Kerberos 5, etype 17, DB|$krb5db$17$<r+>
28900|Kerberos 5, etype 18, DB|$krb5db$18$<r+>
22000|WPA-PBKDF2-PMKID+EAPOL|WPA*01*<h32>*<h12>*<h12>*<r*>
22000||WPA*02*<h32>*<h12>*<h12>*<r*>
22001|WPA-PMK-PMKID+EAPOL|WPA*01*<h32>*<h12>*<h12>*<r*>
22001||WPA*02*<h32>*<h12>*<h12>*<r*>
16800|WPA-PMKID-PBKDF2|<h32>*<h12>*<h12>*<h+>
16800||<h32>:<h12>:<h12>:<h+>
16801|WPA-PMKID-PMK|<h32>*<h12>*<h12>
16801||<h32>:<h12>:<h12>
16801||<h32>*<h12>*<h12>*<h+>
2500|WPA-EAPOL-PBKDF2|48435058<h+>
2501|WPA-EAPOL-PMK|48435058<h+>
5300|IKE-PSK MD5|<h+>:<h+>:<h+>:<h+>:<h+>:<h+>:<h+>:<h+>:<h32>
5400|IKE-PSK SHA1|<h+>:<h+>:<h+>:<h+>:<h+>:<h+>:<h+>:<h+>:<h40>
11400|SIP digest authentication (MD5)|$sip$*<r+>
10200|CRAM-MD5|$cram_md5$<b+>$<b+>
8300|DNSSEC (NSEC3)|<w32>:.<c+>:<h*>:<d+>
25900|KNX IP Secure - Device Authentication Code|$knx-ip-secure-device-authentication-code$*<r+>
`

// fileHashes are drawn out of documents, archives, keys and password stores.
const fileHashes = `
9400|MS Office 2007|$office$*2007*<r+>
9500|MS Office 2010|$office$*2010*<r+>
9600|MS Office 2013|$office$*2013*<r+>
25300|MS Office 2016 - SheetProtection|$office$2016$0$<r+>
9720|MS Office <= 2003 $0/$1, MD5 + RC4, collider #2|$oldoffice$0*<h+>*<h+>*<h+>:<h10>
9720||$oldoffice$1*<h+>*<h+>*<h+>:<h10>
9700|MS Office <= 2003 $0/$1, MD5 + RC4|$oldoffice$0*<h+>*<h+>*<h+>
9700||$oldoffice$1*<h+>*<h+>*<h+>
9710|MS Office <= 2003 $0/$1, MD5 + RC4, collider #1|$oldoffice$0*<h+>*<h+>*<h+>
9710||$oldoffice$1*<h+>*<h+>*<h+>
9820|MS Office <= 2003 $3, SHA1 + RC4, collider #2|$oldoffice$3*<h+>*<h+>*<h+>:<h10>
9820||$oldoffice$3*<h+>*<h+>*<h+>*<h+>:<h10>
9800|MS Office <= 2003 $3/$4, SHA1 + RC4|$oldoffice$3*<h+>*<h+>*<h+>
9800||$oldoffice$3*<h+>*<h+>*<h+>*<h+>
9800||$oldoffice$4*<h+>*<h+>*<h+>
9810|MS Office <= 2003 $3, SHA1 + RC4, collider #1|$oldoffice$3*<h+>*<h+>*<h+>
9810||$oldoffice$3*<h+>*<h+>*<h+>*<h+>
10420|PDF 1.1 - 1.3 (Acrobat 2 - 4), collider #2|$pdf$1*2*<c+>:<h10>
10400|PDF 1.1 - 1.3 (Acrobat 2 - 4)|$pdf$1*2*<c+>
10410|PDF 1.1 - 1.3 (Acrobat 2 - 4), collider #1|$pdf$1*2*<c+>
25400|PDF 1.4 - 1.6 (Acrobat 5 - 8) - edit password|$pdf$2*3*128*<t+>*<t+>*<t+>*<t+>*32*<h64>*32*<h+>*<c+>
10500|PDF 1.4 - 1.6 (Acrobat 5 - 8)|$pdf$2*3*<r+>
10500||$pdf$4*4*<r+>
10500||$pdf$2*4*<r+>
25400||$pdf$2*3*<r+>
25400||$pdf$4*4*<r+>
10600|PDF 1.7 Level 3 (Acrobat 9)|$pdf$5*5*<r+>
10700|PDF 1.7 Level 8 (Acrobat 10 - 11)|$pdf$5*6*<r+>
18400|Open Document Format (ODF) 1.2 (SHA-256, AES)|$odf$*1*1*<r+>
18600|Open Document Format (ODF) 1.1 (SHA-1, Blowfish)|$odf$*0*0*<r+>
16200|Apple Secure Notes|$ASN$*<r+>
13600|WinZip|$zip2$*<r+>
17200|PKZIP (Compressed)|$pkzip2$1*<h+>*<h+>*<h+>*<h+>*<h+>*<h+>*<h+>*<h+>*8*<r+>
17210|PKZIP (Uncompressed)|$pkzip2$1*<h+>*<h+>*<h+>*<h+>*<h+>*<h+>*<h+>*<h+>*0*<r+>
17200||$pkzip$1*<h+>*<h+>*<h+>*<h+>*<h+>*<h+>*<h+>*<h+>*8*<r+>
17210||$pkzip$1*<h+>*<h+>*<h+>*<h+>*<h+>*<h+>*<h+>*<h+>*0*<r+>
17220|PKZIP (Compressed Multi-File)|$pkzip2$<h1>*<h+>*<h1>*<h+>*<h+>*8*<r+>
17225|PKZIP (Mixed Multi-File)|$pkzip2$<h1>*<h+>*<h1>*<h+>*<h+>*0*<r+>
17230|PKZIP (Mixed Multi-File Checksum-Only)|$pkzip2$8*<r+>
17220||$pkzip2$<r+>
17225||$pkzip2$<r+>
17230||$pkzip2$<r+>
17200||$pkzip2$<r+>
17210||$pkzip2$<r+>
17220||$pkzip$<r+>
17225||$pkzip$<r+>
17230||$pkzip$<r+>
23001|SecureZIP AES-128|$zip3$*0*1*128*<r+>
23002|SecureZIP AES-192|$zip3$*0*1*192*<r+>
23003|SecureZIP AES-256|$zip3$*0*1*256*<r+>
13000|RAR5|$rar5$<r+>
12500|RAR3-hp|$RAR3$*0*<r+>
23800|RAR3-p (Compressed)|$RAR3$*1*<h16>*<h8>*<d+>*<d+>*1*<h+>*33
23800||$RAR3$*1*<h16>*<h8>*<d+>*<d+>*1*<h+>*31
23800||$RAR3$*1*<h16>*<h8>*<d+>*<d+>*1*<h+>*32
23800||$RAR3$*1*<h16>*<h8>*<d+>*<d+>*1*<h+>*34
23800||$RAR3$*1*<h16>*<h8>*<d+>*<d+>*1*<h+>*35
23700|RAR3-p (Uncompressed)|$RAR3$*1*<r+>
23800||$RAR3$*1*<r+>
11600|7-Zip|$7z$<r+>
13200|AxCrypt 1|$axcrypt$*1*<r+>
13300|AxCrypt 1 in-memory SHA1|$axcrypt_sha1$<h32>
13300||$axcrypt_sha1$<h40>
23500|AxCrypt 2 AES-128|$axcrypt$*2*10000*<r+>
23500||$axcrypt$*2*<r+>
23600|AxCrypt 2 AES-256|$axcrypt$*2*<r+>
22400|AES Crypt (SHA256)|$aescrypt$1*<r+>
14700|iTunes backup < 10.0|$itunes_backup$*9*<r+>
14800|iTunes backup >= 10.0|$itunes_backup$*10*<r+>
18900|Android Backup|$ab$<r+>
31200|Veeam VBK|$vbk$*<r+>
13400|KeePass 1 (AES/Twofish) and KeePass 2 (AES)|$keepass$*1*<r+>
13400||$keepass$*2*<r+>
34300|KeePass (KDBX v4)|$keepass$*4*<r+>
29700|KeePass 1 (AES/Twofish) and KeePass 2 (AES) - keyfile only mode|$keepass$*1*<r+>
29700||$keepass$*2*<r+>
6600|1Password, agilekeychain|<d1-9>:<h16>:<h2080>
8200|1Password, cloudkeychain|<h64>:<h32>:<d+>:<h+>
31800|1Password, mobilekeychain (1Password 8)|$mobilekeychain$<r+>
23400|Bitwarden|$bitwarden$<r+>
5200|Password Safe v3|50575333<h+>
16900|Ansible Vault|$ansible$<r+>
-1|Ansible Vault (file)|$ANSIBLE_VAULT;<r+>
26000|Mozilla key3.db|$mozilla$*3DES*<r+>
26100|Mozilla key4.db|$mozilla$*AES*<r+>
23100|Apple Keychain|$keychain$*<r+>
24600|SQLCipher|SQLCIPHER*<r+>
15500|JKS Java Key Store Private Keys (SHA1)|$jksprivk$*<r+>
24410|PKCS#8 Private Keys (PBKDF2-HMAC-SHA1 + 3DES/AES)|$PEM$1$<r+>
24420|PKCS#8 Private Keys (PBKDF2-HMAC-SHA256 + 3DES/AES)|$PEM$2$<r+>
22911|RSA/DSA/EC/OpenSSH Private Keys ($0$)|$sshng$0$<r+>
22921|RSA/DSA/EC/OpenSSH Private Keys ($6$)|$sshng$6$<r+>
22931|RSA/DSA/EC/OpenSSH Private Keys ($1, $3$)|$sshng$1$<r+>
22931||$sshng$3$<r+>
22941|RSA/DSA/EC/OpenSSH Private Keys ($4$)|$sshng$4$<r+>
22951|RSA/DSA/EC/OpenSSH Private Keys ($5$)|$sshng$5$<r+>
-1|OpenSSH bcrypt private key|$sshng$2$<r+>
17010|GPG (AES-128/AES-256 (SHA-1($pass)))|$gpg$*1*<d+>*<d+>*<h+>*3*254*2*9*<r+>
17010||$gpg$*1*<d+>*<d+>*<h+>*3*254*2*7*<r+>
17040|GPG (CAST5 (SHA-1($pass)))|$gpg$*1*<d+>*<d+>*<h+>*3*254*2*3*<r+>
17020|GPG (AES-128/AES-256 (SHA-512($pass)))|$gpg$*1*<d+>*<d+>*<h+>*3*254*10*<r+>
17030|GPG (AES-128/AES-256 (SHA-256($pass)))|$gpg$*1*<d+>*<d+>*<h+>*3*254*8*<r+>
17010||$gpg$<r+>
17020||$gpg$<r+>
17030||$gpg$<r+>
17040||$gpg$<r+>
26500|iPhone passcode (UID key + System Keybag)|$uido$<r+>
31400|SecureCRT MasterPassphrase v2|S:"Config Passphrase"=02:<h+>
31400||02:<h+>
32700|Kremlin Encrypt 3.0 w/NewDES|$kgb$<r+>
29910|ENCsecurity Datavault (PBKDF2/no keychain)|$encdv-pbkdf2$1$<r+>
29910||$encdv-pbkdf2$<d+>$<d+>$<d+>$<d+>$<h+>$<h+>
29920|ENCsecurity Datavault (PBKDF2/keychain)|$encdv-pbkdf2$3$<r+>
29920||$encdv-pbkdf2$<r+>
29910||$encdv-pbkdf2$<r+>
29930|ENCsecurity Datavault (MD5/no keychain)|$encdv$1$<r+>
29930||$encdv$<d+>$<d+>$<h+>$<h+>
29940|ENCsecurity Datavault (MD5/keychain)|$encdv$3$<r+>
29940||$encdv$<r+>
29930||$encdv$<r+>
`

// walletHashes guard money without a bank.
const walletHashes = `
11300|Bitcoin/Litecoin wallet.dat|$bitcoin$<r+>
12700|Blockchain, My Wallet|$blockchain$<d+>$<h+>
15200|Blockchain, My Wallet, V2|$blockchain$v2$<r+>
34700|Blockchain, My Wallet, Legacy Wallets|$blockchain$<d+>$<h+>
34700||$blockchain$<r+>
18800|Blockchain, My Wallet, Second Password (SHA256)|YnM6<b60-200>
16600|Electrum Wallet (Salt-Type 1-3)|$electrum$1*<r+>
16600||$electrum$2*<r+>
16600||$electrum$3*<r+>
21700|Electrum Wallet (Salt-Type 4)|$electrum$4*<r+>
21800|Electrum Wallet (Salt-Type 5)|$electrum$5*<r+>
15600|Ethereum Wallet, PBKDF2-HMAC-SHA256|$ethereum$p*<r+>
15700|Ethereum Wallet, SCRYPT|$ethereum$s*<r+>
16300|Ethereum Pre-Sale Wallet, PBKDF2-HMAC-SHA256|$ethereum$w*<r+>
26600|MetaMask Wallet (needs all data, checks AES-GCM tag)|$metamask$<r+>
26610|MetaMask Wallet (short hash, plaintext check)|$metamask-short$<r+>
31900|MetaMask Mobile Wallet|$metamaskMobile$<r+>
22500|MultiBit Classic .key (MD5)|$multibit$1*<r+>
22700|MultiBit HD (scrypt)|$multibit$2*<r+>
27700|MultiBit Classic .wallet (scrypt)|$multibit$3*<r+>
25500|Stargazer Stellar Wallet XLM|$stellar$<r+>
28200|Exodus Desktop Wallet (scrypt)|EXODUS:<r+>
29600|Terra Station Wallet (AES256-CBC(PBKDF2($pass)))|<h64><b108>
29800|Bisq .wallet (scrypt)|$bisq$<r+>
32500|Dogechain.info Wallet|$dogechain$<r+>
28501|Bitcoin WIF private key (P2PKH), compressed|?1<w25-34>
28502|Bitcoin WIF private key (P2PKH), uncompressed|?1<w25-34>
30901|Bitcoin raw private key (P2PKH), compressed|?1<w25-34>
30902|Bitcoin raw private key (P2PKH), uncompressed|?1<w25-34>
28505|Bitcoin WIF private key (P2SH(P2WPKH)), compressed|?3<w25-34>
28506|Bitcoin WIF private key (P2SH(P2WPKH)), uncompressed|?3<w25-34>
30905|Bitcoin raw private key (P2SH(P2WPKH)), compressed|?3<w25-34>
30906|Bitcoin raw private key (P2SH(P2WPKH)), uncompressed|?3<w25-34>
28503|Bitcoin WIF private key (P2WPKH, Bech32), compressed|bc1<w20-80>
28504|Bitcoin WIF private key (P2WPKH, Bech32), uncompressed|bc1<w20-80>
30903|Bitcoin raw private key (P2WPKH, Bech32), compressed|bc1<w20-80>
30904|Bitcoin raw private key (P2WPKH, Bech32), uncompressed|bc1<w20-80>
`

// diskHashes guard volumes. The headers of TrueCrypt and VeraCrypt are random
// to the eye: every cipher and mode has one shape.
const diskHashes = `
8800|Android FDE <= 4.3|$fde$<r+>
12200|eCryptfs|$ecryptfs$<r+>
16700|FileVault 2|$fvde$1$<r+>
18300|Apple File System (APFS)|$fvde$2$<r+>
22100|BitLocker|$bitlocker$<r+>
20011|DiskCryptor SHA512 + XTS 512 bit|$diskcryptor$0*<r+>
20012|DiskCryptor SHA512 + XTS 1024 bit|$diskcryptor$0*<r+>
20013|DiskCryptor SHA512 + XTS 1536 bit|$diskcryptor$0*<r+>
23900|BestCrypt v3 Volume Encryption|$bcve$3$<r+>
24000|BestCrypt v4 Volume Encryption|$bcve$4$<r+>
14500|Linux Kernel Crypto API (2.4)|$cryptoapi$<r+>
14600|LUKS v1 (legacy)|4c554b53babe<h+>
14600||4C554B53BABE<h+>
29511|LUKS v1 SHA-1 + AES|$luks$1$sha1$aes$<r+>
29512|LUKS v1 SHA-1 + Serpent|$luks$1$sha1$serpent$<r+>
29513|LUKS v1 SHA-1 + Twofish|$luks$1$sha1$twofish$<r+>
29521|LUKS v1 SHA-256 + AES|$luks$1$sha256$aes$<r+>
29522|LUKS v1 SHA-256 + Serpent|$luks$1$sha256$serpent$<r+>
29523|LUKS v1 SHA-256 + Twofish|$luks$1$sha256$twofish$<r+>
29531|LUKS v1 SHA-512 + AES|$luks$1$sha512$aes$<r+>
29532|LUKS v1 SHA-512 + Serpent|$luks$1$sha512$serpent$<r+>
29533|LUKS v1 SHA-512 + Twofish|$luks$1$sha512$twofish$<r+>
29541|LUKS v1 RIPEMD-160 + AES|$luks$1$ripemd160$aes$<r+>
29542|LUKS v1 RIPEMD-160 + Serpent|$luks$1$ripemd160$serpent$<r+>
29543|LUKS v1 RIPEMD-160 + Twofish|$luks$1$ripemd160$twofish$<r+>
34100|LUKS2|$luks$2$<r+>
29461|VeraCrypt SHA256 + XTS 512 bit + boot-mode|$veracrypt$<r+>
29421|VeraCrypt SHA512 + XTS 512 bit|$veracrypt$<r+>
29451|VeraCrypt SHA256 + XTS 512 bit|$veracrypt$<r+>
29431|VeraCrypt Whirlpool + XTS 512 bit|$veracrypt$<r+>
29411|VeraCrypt RIPEMD160 + XTS 512 bit|$veracrypt$<r+>
29441|VeraCrypt RIPEMD160 + XTS 512 bit + boot-mode|$veracrypt$<r+>
29471|VeraCrypt Streebog-512 + XTS 512 bit|$veracrypt$<r+>
29481|VeraCrypt Streebog-512 + XTS 512 bit + boot-mode|$veracrypt$<r+>
29422|VeraCrypt SHA512 + XTS 1024 bit|$veracrypt$<r+>
29423|VeraCrypt SHA512 + XTS 1536 bit|$veracrypt$<r+>
29452|VeraCrypt SHA256 + XTS 1024 bit|$veracrypt$<r+>
29453|VeraCrypt SHA256 + XTS 1536 bit|$veracrypt$<r+>
29462|VeraCrypt SHA256 + XTS 1024 bit + boot-mode|$veracrypt$<r+>
29463|VeraCrypt SHA256 + XTS 1536 bit + boot-mode|$veracrypt$<r+>
29432|VeraCrypt Whirlpool + XTS 1024 bit|$veracrypt$<r+>
29433|VeraCrypt Whirlpool + XTS 1536 bit|$veracrypt$<r+>
29412|VeraCrypt RIPEMD160 + XTS 1024 bit|$veracrypt$<r+>
29413|VeraCrypt RIPEMD160 + XTS 1536 bit|$veracrypt$<r+>
29442|VeraCrypt RIPEMD160 + XTS 1024 bit + boot-mode|$veracrypt$<r+>
29443|VeraCrypt RIPEMD160 + XTS 1536 bit + boot-mode|$veracrypt$<r+>
29472|VeraCrypt Streebog-512 + XTS 1024 bit|$veracrypt$<r+>
29473|VeraCrypt Streebog-512 + XTS 1536 bit|$veracrypt$<r+>
29482|VeraCrypt Streebog-512 + XTS 1024 bit + boot-mode|$veracrypt$<r+>
29483|VeraCrypt Streebog-512 + XTS 1536 bit + boot-mode|$veracrypt$<r+>
29321|TrueCrypt SHA512 + XTS 512 bit|$truecrypt$<r+>
29311|TrueCrypt RIPEMD160 + XTS 512 bit|$truecrypt$<r+>
29331|TrueCrypt Whirlpool + XTS 512 bit|$truecrypt$<r+>
29341|TrueCrypt RIPEMD160 + XTS 512 bit + boot-mode|$truecrypt$<r+>
29312|TrueCrypt RIPEMD160 + XTS 1024 bit|$truecrypt$<r+>
29313|TrueCrypt RIPEMD160 + XTS 1536 bit|$truecrypt$<r+>
29322|TrueCrypt SHA512 + XTS 1024 bit|$truecrypt$<r+>
29323|TrueCrypt SHA512 + XTS 1536 bit|$truecrypt$<r+>
29332|TrueCrypt Whirlpool + XTS 1024 bit|$truecrypt$<r+>
29333|TrueCrypt Whirlpool + XTS 1536 bit|$truecrypt$<r+>
29342|TrueCrypt RIPEMD160 + XTS 1024 bit + boot-mode|$truecrypt$<r+>
29343|TrueCrypt RIPEMD160 + XTS 1536 bit + boot-mode|$truecrypt$<r+>
13721|VeraCrypt SHA512 + XTS 512 bit (legacy)|<h1024>
13751|VeraCrypt SHA256 + XTS 512 bit (legacy)|<h1024>
13731|VeraCrypt Whirlpool + XTS 512 bit (legacy)|<h1024>
13711|VeraCrypt RIPEMD160 + XTS 512 bit (legacy)|<h1024>
6211|TrueCrypt RIPEMD160 + XTS 512 bit (legacy)|<h1024>
6221|TrueCrypt SHA512 + XTS 512 bit (legacy)|<h1024>
6231|TrueCrypt Whirlpool + XTS 512 bit (legacy)|<h1024>
6241|TrueCrypt RIPEMD160 + XTS 512 bit + boot-mode (legacy)|<h1024>
13741|VeraCrypt RIPEMD160 + XTS 512 bit + boot-mode (legacy)|<h1024>
13761|VeraCrypt SHA256 + XTS 512 bit + boot-mode (legacy)|<h1024>
13771|VeraCrypt Streebog-512 + XTS 512 bit (legacy)|<h1024>
13781|VeraCrypt Streebog-512 + XTS 512 bit + boot-mode (legacy)|<h1024>
6212|TrueCrypt RIPEMD160 + XTS 1024 bit (legacy)|<h1024>
6213|TrueCrypt RIPEMD160 + XTS 1536 bit (legacy)|<h1024>
6222|TrueCrypt SHA512 + XTS 1024 bit (legacy)|<h1024>
6223|TrueCrypt SHA512 + XTS 1536 bit (legacy)|<h1024>
6232|TrueCrypt Whirlpool + XTS 1024 bit (legacy)|<h1024>
6233|TrueCrypt Whirlpool + XTS 1536 bit (legacy)|<h1024>
6242|TrueCrypt RIPEMD160 + XTS 1024 bit + boot-mode (legacy)|<h1024>
6243|TrueCrypt RIPEMD160 + XTS 1536 bit + boot-mode (legacy)|<h1024>
13712|VeraCrypt RIPEMD160 + XTS 1024 bit (legacy)|<h1024>
13713|VeraCrypt RIPEMD160 + XTS 1536 bit (legacy)|<h1024>
13722|VeraCrypt SHA512 + XTS 1024 bit (legacy)|<h1024>
13723|VeraCrypt SHA512 + XTS 1536 bit (legacy)|<h1024>
13732|VeraCrypt Whirlpool + XTS 1024 bit (legacy)|<h1024>
13733|VeraCrypt Whirlpool + XTS 1536 bit (legacy)|<h1024>
13742|VeraCrypt RIPEMD160 + XTS 1024 bit + boot-mode (legacy)|<h1024>
13743|VeraCrypt RIPEMD160 + XTS 1536 bit + boot-mode (legacy)|<h1024>
13752|VeraCrypt SHA256 + XTS 1024 bit (legacy)|<h1024>
13753|VeraCrypt SHA256 + XTS 1536 bit (legacy)|<h1024>
13762|VeraCrypt SHA256 + XTS 1024 bit + boot-mode (legacy)|<h1024>
13763|VeraCrypt SHA256 + XTS 1536 bit + boot-mode (legacy)|<h1024>
13772|VeraCrypt Streebog-512 + XTS 1024 bit (legacy)|<h1024>
13773|VeraCrypt Streebog-512 + XTS 1536 bit (legacy)|<h1024>
13782|VeraCrypt Streebog-512 + XTS 1024 bit + boot-mode (legacy)|<h1024>
13783|VeraCrypt Streebog-512 + XTS 1536 bit + boot-mode (legacy)|<h1024>
9000|Password Safe v2|<h200-1023>
`
