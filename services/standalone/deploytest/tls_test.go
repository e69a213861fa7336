package deploytest

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
)

// tls.conf is nats.conf with certificates: clients see one, and brokers ask each other for theirs.
func TestBrokerConfigurationWithTLS(t *testing.T) {
	web := httptest.NewTLSServer(nil) // for its certificate
	defer web.Close()
	own := web.TLS.Certificates[0]
	key, err := x509.MarshalPKCS8PrivateKey(own.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	files := map[string]*pem.Block{
		"NATS_TLS_CERT": {Type: "CERTIFICATE", Bytes: own.Certificate[0]}, "NATS_TLS_CA": {Type: "CERTIFICATE", Bytes: own.Certificate[0]},
		"NATS_TLS_KEY": {Type: "PRIVATE KEY", Bytes: key},
	}
	paths := map[string]string{}
	for name, block := range files {
		paths[name] = filepath.Join(dir, name)
		if err := os.WriteFile(paths[name], pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	settings(t, "nats-1", paths)
	o, plain := configured(t, "tls.conf"), configured(t, "nats.conf")
	if o.TLSConfig == nil || o.TLSConfig.MinVersion != tls.VersionTLS13 || len(o.TLSConfig.Certificates) != 1 {
		t.Errorf("clients: got %v", o.TLSConfig)
	}
	if c := o.Cluster.TLSConfig; c == nil || c.ClientAuth != tls.RequireAndVerifyClientCert || c.MinVersion != tls.VersionTLS13 {
		t.Errorf("brokers: got %v", c)
	}
	if o.Cluster.Name != plain.Cluster.Name || o.Cluster.Username != plain.Cluster.Username || o.Cluster.Host != plain.Cluster.Host || len(o.Users) != len(plain.Users) ||
		o.SyncAlways != plain.SyncAlways || o.MaxPayload != plain.MaxPayload {
		t.Errorf("tls.conf differs from nats.conf by more than TLS")
	}
}
