package operator

import (
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"sync/atomic"
	"testing"

	"portcullis/core"
	"portcullis/core/instruction"
	"portcullis/internal/seal"
	"portcullis/internal/secret"
)

// hmacKeys makes n keys, and gives their secrets by number.
func (h *house) hmacKeys(account uint32, n int) map[uint32]string {
	h.t.Helper()
	made := make(map[uint32]string)
	for range n {
		r := must(h, KeyCreate, CreateKey{Account: account, Scheme: "HMAC"})
		made[r.Key] = string(r.Secret.Reveal())
	}
	return made
}

// opens says whether the keys open every secret.
func (h *house) opens(keys seal.KEK, secrets map[uint32]string) {
	h.t.Helper()
	for n, want := range secrets {
		var id instruction.KeyID
		var material []byte
		h.engine.Read(func(s *core.State) {
			k := s.Key(instruction.Credential(n))
			id, material = k.ID, k.Material()
		})
		if plain, err := keys.Open(material, id[:]); err != nil || string(plain.Reveal()) != want {
			h.t.Fatalf("the secret of key %d: %v", n, err)
		}
	}
}

// TestMasterRotate: after a rotation every living secret is sealed under the new key and is the same; then the old one can
// be forgotten, and not before.
func TestMasterRotate(t *testing.T) {
	h := newHouse(t)
	account := h.customer()
	secrets := h.hmacKeys(account, 150)
	must(h, KeyCreate, CreateKey{Account: account, Scheme: "ED25519"})
	must(h, KeyRevoke, RevokeKey{Key: 1})
	delete(secrets, 1)
	before := must(h, MasterList, Nothing{})
	if len(before.Keys) != 1 || before.Keys[0].Secrets != 149 || !before.Keys[0].Newest {
		t.Fatalf("%+v", before)
	}
	old := before.Keys[0].ID
	if code := refused(h, MasterForget, ForgetMaster{ID: old}); code != "master-key-in-use" {
		t.Error(code)
	}
	r := must(h, MasterRotate, Nothing{})
	if len(r.Keys) != 2 || r.Resealed != 149 || r.Keys[0].Secrets != 149 || r.Keys[0].ID == old || r.Keys[1] != (MasterKey{ID: old}) {
		t.Fatalf("%+v", r)
	}
	h.opens(h.kek, secrets)
	if r := must(h, MasterReseal, Nothing{}); r.Resealed != 0 {
		t.Errorf("there was more to do: %+v", r)
	}
	if code := refused(h, MasterForget, ForgetMaster{ID: "00000000"}); code != "unknown-master-key" {
		t.Error(code)
	}
	if r := must(h, MasterForget, ForgetMaster{ID: old}); len(r.Keys) != 1 {
		t.Errorf("%+v", r)
	}
	again, err := seal.FromFile(filepath.Join(filepath.Dir(h.path), "master.key"))
	if err != nil {
		t.Fatal(err)
	}
	h.opens(again, secrets)
}

// failing is a master key whose sealing breaks off.
type failing struct {
	*seal.Keys
	left atomic.Int64
}

func (f *failing) Seal(plain secret.Bytes, context []byte) ([]byte, error) {
	if f.left.Add(-1) < 0 {
		return nil, errors.New("out of luck")
	}
	return f.Keys.Seal(plain, context)
}

// TestMasterRotateBreaksOff: wherever a rotation breaks off, every secret opens with the keys in the file; reseal goes on
// from there, and the old key cannot be forgotten before.
func TestMasterRotateBreaksOff(t *testing.T) {
	for _, done := range []int64{0, 1, 70, 99} {
		h := newHouse(t)
		secrets := h.hmacKeys(h.customer(), 100)
		old := h.kek.IDs()[0]
		f := &failing{Keys: h.kek}
		f.left.Store(done)
		s := New(Config{Engine: h.engine, Master: f, Log: slog.New(slog.DiscardHandler)})
		if _, bad := s.rotateMaster(&caller{instruction.Principal{Giver: instruction.ByOperator}}, nil); bad == nil {
			t.Fatal("nothing broke off")
		}
		again, err := seal.FromFile(filepath.Join(filepath.Dir(h.path), "master.key"))
		if err != nil || len(again.IDs()) != 2 {
			t.Fatal(again, err)
		}
		h.opens(again, secrets)
		if code := refused(h, MasterForget, ForgetMaster{ID: old.String()}); code != "master-key-in-use" {
			t.Error(code)
		}
		if r := must(h, MasterReseal, Nothing{}); r.Resealed != 100-int(done) || r.Keys[0].Secrets != 100 {
			t.Errorf("%d were done, then: %+v", done, r)
		}
		h.opens(h.kek, secrets)
	}
}

// TestBackupCanaries: each backup has a canary of its own, and only those are listed.
func TestBackupCanaries(t *testing.T) {
	h := newHouse(t)
	account := h.customer()
	must(h, KeyCreate, CreateKey{Account: account, Scheme: "HMAC", Label: canaryLabel + "false"})
	s := New(Config{Engine: h.engine, Master: h.kek, Log: slog.New(slog.DiscardHandler)})
	by := &caller{instruction.Principal{Giver: instruction.ByOperator}}
	ids := map[string]uint32{}
	for range 3 {
		b, bad := s.plantCanary(by)
		if bad != nil {
			t.Fatal(bad.outcome.Refusal)
		}
		ids[b.ID] = b.Key
		h.opens(h.kek, map[uint32]string{b.Key: string(b.Secret.Reveal())})
		h.engine.Read(func(s *core.State) {
			k := s.Key(s.KeyNamed(instruction.KeyIDOf(string(b.APIKey.Reveal()))))
			if k == nil || !k.Canary || s.Account(k.Account).Ref != canaryRef || uint32(k.Account) != b.Account {
				t.Errorf("%+v", k)
			}
		})
	}
	list := must(h, BackupList, Nothing{}).Backups
	if len(list) != 3 || len(ids) != 3 {
		t.Fatalf("%d canaries, %+v", len(ids), list)
	}
	for _, b := range list {
		if ids[b.ID] != b.Key || b.Created == "" {
			t.Errorf("%+v", b)
		}
	}
	if _, err := Call(context.Background(), h.client, BackupBegin, Nothing{}); err == nil {
		t.Error("an engine without snapshots made one")
	}
}
