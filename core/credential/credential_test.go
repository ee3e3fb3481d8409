package credential

import (
	"bytes"
	"crypto"
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/binary"
	"encoding/hex"
	"math/big"
	"slices"
	"testing"

	"portcullis/core/instruction"
)

func TestVerify(t *testing.T) {
	payload := []byte("symbol=LTCBTC&timestamp=1")
	pub, priv, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKIXPublicKey(&key.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(payload)
	rsaSig, err := rsa.SignPKCS1v15(nil, key, crypto.SHA256, sum[:])
	if err != nil {
		t.Fatal(err)
	}
	for scheme, c := range map[instruction.Scheme]struct{ material, sig []byte }{
		instruction.Ed25519: {pub, ed25519.Sign(priv, payload)},
		instruction.RSA:     {der, rsaSig},
	} {
		if err := CheckMaterial(scheme, c.material); err != nil {
			t.Errorf("%v: %v", scheme, err)
		}
		if err := Verify(scheme, c.material, payload, c.sig); err != nil {
			t.Errorf("%v: %v", scheme, err)
		}
		c.sig[3] ^= 1
		if Verify(scheme, c.material, payload, c.sig) == nil {
			t.Errorf("%v: a changed signature passes", scheme)
		}
		c.sig[3] ^= 1
		if Verify(scheme, c.material, append([]byte{'x'}, payload...), c.sig) == nil {
			t.Errorf("%v: a changed payload passes", scheme)
		}
		if Verify(scheme, c.material, payload, nil) == nil || Verify(scheme, nil, payload, c.sig) == nil {
			t.Errorf("%v: nothing passes", scheme)
		}
	}
	if Verify(instruction.HMAC, []byte("secret"), payload, nil) == nil {
		t.Error("an HMAC key verifies without its secret opened")
	}
}

// TestVerifyHMAC holds the example of the dialect's public documentation.
func TestVerifyHMAC(t *testing.T) {
	secret := []byte("NhqPtmdSJYdKjVHjA7PZj4Mge3R5YNiP1e3UZjInClVN65XAbvqqM6A7H5fATj0j")
	payload := []byte("symbol=LTCBTC&side=BUY&type=LIMIT&timeInForce=GTC&quantity=1&price=0.1&recvWindow=5000&timestamp=1499827319559")
	mac, _ := hex.DecodeString("c8db56825ae71d6d79447849e617115f4a920fa2acdcab2b053c4b2838bd6b71")
	if err := VerifyHMAC(secret, payload, mac); err != nil {
		t.Error(err)
	}
	if VerifyHMAC(secret, payload, mac[:31]) == nil || VerifyHMAC(secret, payload[1:], mac) == nil || VerifyHMAC(secret[1:], payload, mac) == nil {
		t.Error("something changed passes")
	}
	empty := hmac.New(sha256.New, nil)
	if VerifyHMAC(secret, nil, empty.Sum(nil)) == nil {
		t.Error("an empty secret passes")
	}
}

func TestCheckMaterial(t *testing.T) {
	small := rsa.PublicKey{N: new(big.Int).SetBit(big.NewInt(1), 1023, 1), E: 65537}
	der, err := x509.MarshalPKIXPublicKey(&small)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		scheme   instruction.Scheme
		material []byte
	}{
		"short Ed25519": {instruction.Ed25519, make([]byte, 31)}, "no RSA": {instruction.RSA, []byte("x")},
		"small RSA": {instruction.RSA, der}, "empty HMAC": {instruction.HMAC, nil},
		"long HMAC": {instruction.HMAC, make([]byte, MaxSealedBytes+1)}, "no scheme": {0, make([]byte, 32)},
	} {
		if CheckMaterial(c.scheme, c.material) == nil {
			t.Errorf("%s is accepted", name)
		}
	}
}

// TestTombstones: a revoked key stays, without its secret, and its name and number are never given again.
func TestTombstones(t *testing.T) {
	k := New()
	secret := instruction.CreateKey{Account: 2, ID: instruction.KeyID{1}, Scheme: instruction.HMAC, Material: []byte("sealed")}
	public := instruction.CreateKey{Account: 2, ID: instruction.KeyID{2}, Scheme: instruction.Ed25519, Material: make([]byte, 32),
		Integrator: "grid bots", Canary: true, Created: 5}
	for i, in := range []*instruction.CreateKey{&secret, &public} {
		if err := k.Create(instruction.Credential(i+1), in, 10, 10); err != nil {
			t.Fatal(err)
		}
		if err := k.Revoke(instruction.Credential(i+1), 20); err != nil {
			t.Fatal(err)
		}
	}
	if k.Revoke(1, 30) == nil || k.Revoke(3, 30) == nil || k.Revoke(0, 30) == nil {
		t.Error("what is no living key was revoked")
	}
	if k.Create(3, &secret, 30, 30) == nil || k.Create(1, &instruction.CreateKey{ID: instruction.KeyID{3}}, 30, 30) == nil {
		t.Error("a name or a number was given twice")
	}
	w := instruction.Writer(nil)
	k.Fields(&w)
	again := New()
	r := instruction.Reader(w.Bytes())
	again.Fields(&r)
	if err := r.End(); err != nil {
		t.Fatal(err)
	}
	for _, list := range []*Keys{k, again} {
		a, b := list.Key(list.Find(instruction.KeyID{1})), list.Key(list.Find(instruction.KeyID{2}))
		if a == nil || b == nil || a.Revoked != 20 || a.Material() != nil || len(b.Material()) != 32 || a.Created != 10 ||
			b.Created != 5 || b.Integrator() != "grid bots" || !b.Canary || a.Canary {
			t.Errorf("tombstones %+v and %+v", a, b)
		}
	}
}

// TestDead: public keys of tombstones and canaries are known again, an RSA key in whatever way it is written down, also when
// the list is read back; those of living keys and sealed secrets are not.
func TestDead(t *testing.T) {
	der, err := x509.MarshalPKIXPublicKey(&rsa.PublicKey{N: new(big.Int).SetBit(big.NewInt(1), 2047, 1), E: 65537})
	if err != nil {
		t.Fatal(err)
	}
	longer := append(slices.Clone(der), 5, 0) // one thing more at the end of the outermost sequence
	binary.BigEndian.PutUint16(longer[2:], binary.BigEndian.Uint16(longer[2:])+2)
	if CheckMaterial(instruction.RSA, longer) != nil {
		t.Fatal("an RSA key is written down in one way only; this test is for two")
	}
	point := func(b byte) []byte { return bytes.Repeat([]byte{b}, ed25519.PublicKeySize) }
	k := New()
	for i, in := range []instruction.CreateKey{
		{Scheme: instruction.Ed25519, Material: point(1)}, {Scheme: instruction.RSA, Material: der},
		{Scheme: instruction.Ed25519, Material: point(3), Canary: true}, {Scheme: instruction.HMAC, Material: point(4)},
		{Scheme: instruction.Ed25519, Material: point(5)},
	} {
		in.ID = instruction.KeyID{byte(i + 1)}
		if err := k.Create(instruction.Credential(i+1), &in, 1, 1); err != nil {
			t.Fatal(err)
		}
	}
	dead := func() (list [6]bool) {
		for i, c := range []struct {
			scheme   instruction.Scheme
			material []byte
		}{{instruction.Ed25519, point(1)}, {instruction.RSA, der}, {instruction.RSA, longer}, {instruction.Ed25519, point(3)},
			{instruction.HMAC, point(4)}, {instruction.Ed25519, point(5)}} {
			list[i] = k.Dead(c.scheme, c.material)
		}
		return list
	}
	if got := dead(); got != [6]bool{3: true} {
		t.Errorf("while they live: %v", got)
	}
	for c := range instruction.Credential(4) {
		if err := k.Revoke(c+1, 2); err != nil {
			t.Fatal(err)
		}
	}
	want := [6]bool{true, true, true, true}
	if got := dead(); got != want {
		t.Errorf("deleted: %v", got)
	}
	w := instruction.Writer(nil)
	k.Fields(&w)
	r := instruction.Reader(w.Bytes())
	k = New()
	k.Fields(&r)
	if got := dead(); r.Err() != nil || got != want {
		t.Errorf("read back: %v, %v", got, r.Err())
	}
}
