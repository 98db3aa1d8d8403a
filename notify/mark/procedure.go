package mark

// Procedure checks a mark with public tools: vigie.pem is the published key,
// mark.txt what a reader of DataMatrix codes shows. The last word is the
// signature (base64url, RFC 4648), the words before it are what is signed.
// It ends with status 0 if the mark is genuine; whoever checks then compares
// channel and day, which stand in the mark in clear, with the message in hand.
const Procedure = `set -e
sed 's/ [^ ]*$//' mark.txt | tr -d '\n' > signed
sed 's/.* //; s/-/+/g; s/_/\//g; s/$/==/' mark.txt | tr -d '\n' | openssl base64 -d -A > signature
openssl pkeyutl -verify -pubin -inkey vigie.pem -rawin -in signed -sigfile signature
`
