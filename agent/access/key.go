package access

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"pigrid/agent/smallfile"
	"pigrid/shared/api"
)

const (
	keyFile = "tls.key"
	// badSuffix marks a file that could not be understood, kept for people.
	badSuffix = ".bad"
	maxFile   = 64 << 10 // bytes
	pemKind   = "EC PRIVATE KEY"
)

// loadKey reads the agent's private key, and makes one when there is none. fresh
// says that it was made just now.
func (a *Access) loadKey() (fresh bool, err error) {
	path := filepath.Join(a.cfg.Dir, keyFile)
	if a.cfg.Dir == "" {
		a.key, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		return true, err
	}
	data, err := smallfile.Read(path, maxFile)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return false, fmt.Errorf("the agent's private key cannot be read: %w; let the agent's user read it, or delete it for a new one, after which apps ask whether to trust this Pi again", err)
	default:
		if a.key, err = parseKey(data); err == nil {
			return false, nil
		}
		a.cfg.Log.Warn("the agent's private key is damaged, so there is a new one; apps will ask whether to trust this Pi again", "file", path, "kept_as", keyFile+badSuffix)
		if err := os.Rename(path, path+badSuffix); err != nil {
			return false, fmt.Errorf("%s is no private key and cannot be renamed: %w; delete it", path, err)
		}
	}
	if a.key, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader); err != nil {
		return false, err
	}
	if err := a.storeKey(); err != nil {
		a.cfg.Log.Warn("the agent's private key cannot be saved, so this agent cannot be locked; it is tried again", "error", err)
		a.problem = &api.Problem{Code: api.CodeNotKept, Message: "This agent cannot save its private key.", Hint: saveHint}
	}
	return true, nil
}

// keepKey tries again to save a key that could not be saved.
func (a *Access) keepKey() {
	if a.storeKey() != nil {
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.problem = nil
	a.cfg.Log.Info("the agent's private key has been saved")
}

func parseKey(data []byte) (*ecdsa.PrivateKey, error) {
	block, _ := pem.Decode(data)
	if block == nil || block.Type != pemKind {
		return nil, errors.New("not a private key")
	}
	key, err := x509.ParseECPrivateKey(block.Bytes)
	if err != nil || key.Curve != elliptic.P256() {
		return nil, errors.New("not a private key of P-256")
	}
	return key, nil
}

func (a *Access) storeKey() error {
	der, err := x509.MarshalECPrivateKey(a.key)
	if err != nil {
		return err
	}
	return smallfile.Write(filepath.Join(a.cfg.Dir, keyFile), pem.EncodeToMemory(&pem.Block{Type: pemKind, Bytes: der}), 0o600)
}
