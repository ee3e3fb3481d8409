package credential

import (
	"crypto"
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"errors"
	"fmt"

	"portcullis/core/instruction"
)

// ErrSignature means that a signature is not the key's over the payload.
var ErrSignature = errors.New("credential: the signature does not fit the key and the payload")

// Limits of what is accepted as a public key or a sealed secret.
const (
	MinRSABits     = 2048
	MaxRSABits     = 4096
	MaxSealedBytes = 512
)

// CheckMaterial says whether material can belong to a key of the scheme.
func CheckMaterial(s instruction.Scheme, material []byte) error {
	switch s {
	case instruction.Ed25519:
		if len(material) != ed25519.PublicKeySize {
			return fmt.Errorf("credential: an Ed25519 public key has %d bytes, this one %d", ed25519.PublicKeySize, len(material))
		}
	case instruction.RSA:
		_, err := rsaKey(material)
		return err
	case instruction.HMAC:
		if len(material) == 0 || len(material) > MaxSealedBytes {
			return fmt.Errorf("credential: a sealed secret has 1 to %d bytes, this one %d", MaxSealedBytes, len(material))
		}
	default:
		return fmt.Errorf("credential: unknown scheme %d", s)
	}
	return nil
}

// rsaKey reads a PKIX public key in DER.
func rsaKey(der []byte) (*rsa.PublicKey, error) {
	if len(der) > 1024 {
		return nil, errors.New("credential: not an RSA public key of 2048 to 4096 bits")
	}
	k, err := x509.ParsePKIXPublicKey(der)
	if err != nil {
		return nil, fmt.Errorf("credential: not a public key in PKIX form: %w", err)
	}
	pub, ok := k.(*rsa.PublicKey)
	if !ok || pub.N.BitLen() < MinRSABits || pub.N.BitLen() > MaxRSABits {
		return nil, errors.New("credential: not an RSA public key of 2048 to 4096 bits")
	}
	return pub, nil
}

// Verify checks a signature over payload against a public key (Ed25519 or RSA).
func Verify(s instruction.Scheme, public, payload, signature []byte) error {
	switch s {
	case instruction.Ed25519:
		if len(public) == ed25519.PublicKeySize && ed25519.Verify(public, payload, signature) {
			return nil
		}
	case instruction.RSA:
		pub, err := rsaKey(public)
		if err != nil {
			return err
		}
		sum := sha256.Sum256(payload)
		if rsa.VerifyPKCS1v15(pub, crypto.SHA256, sum[:], signature) == nil {
			return nil
		}
	}
	return ErrSignature
}

// VerifyHMAC checks an HMAC-SHA256 over payload in constant time.
func VerifyHMAC(secret, payload, mac []byte) error {
	h := hmac.New(sha256.New, secret)
	h.Write(payload)
	if !hmac.Equal(h.Sum(nil), mac) {
		return ErrSignature
	}
	return nil
}
