package server

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/rasoat/rasoat/services/internal/eventlog"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/internal/input"
	"go.yaml.in/yaml/v3"
)

// webhookFile is the file of the webhooks. A secret is never in it: it names the file that holds one, beside itself.
type webhookFile struct {
	Webhooks []struct {
		Name       string `yaml:"name"`
		URL        string `yaml:"url"`
		Scope      string `yaml:"scope"`
		SecretFile string `yaml:"secret_file"` // "whsec_" and base64, or base64
	} `yaml:"webhooks"`
}

var hookScope = regexp.MustCompile(`^([0-9]{2}(/[A-Za-z0-9_-]{1,16})?)?$`)

// LoadWebhooks reads the file of the webhooks; "" is none. It fails with Invalid, naming the place, for an unknown key, a name that is taken, an
// address that is none, or a secret of another size than Standard Webhooks asks for.
func LoadWebhooks(file string) ([]Webhook, error) {
	const op = "reporting.webhooks"
	if file == "" {
		return nil, nil
	}
	data, err := input.ReadFile(file)
	if err != nil {
		return nil, fault.Wrap(fault.Invalid, op, err)
	}
	var in webhookFile
	d := yaml.NewDecoder(bytes.NewReader(data))
	d.KnownFields(true)
	if err := d.Decode(&in); err != nil && !errors.Is(err, io.EOF) {
		return nil, fault.Wrap(fault.Invalid, op, fmt.Errorf("%s: %w", file, err))
	}
	var out []Webhook
	taken := map[string]bool{}
	for i, w := range in.Webhooks {
		bad := func(what, vi, en string) error {
			return fault.New(fault.Invalid, op, fmt.Sprintf("%s: webhooks[%d].%s: %s.", file, i, what, vi), fmt.Sprintf("%s: webhooks[%d].%s: %s", file, i, what, en))
		}
		// The durable is "webhook-<name>", and that is one token.
		if eventlog.Token(w.Name) != nil || eventlog.Token("webhook-"+w.Name) != nil || taken[w.Name] {
			return nil, bad("name", "cần tên riêng, tối đa 56 ký tự A–Z, a–z, 0–9, '-' hoặc '_'", "needs a name of its own, at most 56 characters of A-Z, a-z, 0-9, '-' and '_'")
		}
		taken[w.Name] = true
		if u, err := url.Parse(w.URL); err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
			return nil, bad("url", "cần địa chỉ https:// hoặc http://", "needs an address that begins with https:// or http://")
		}
		if !hookScope.MatchString(w.Scope) {
			return nil, bad("scope", "cần dạng \"01\" hoặc \"01/01000701\"; để trống là mọi trường", `is like "01" or "01/01000701"; nothing for every school`)
		}
		secret, err := readSecret(file, w.SecretFile)
		if err != nil {
			return nil, fault.Wrap(fault.Invalid, op, err)
		}
		if len(secret) < 24 || len(secret) > 64 {
			return nil, bad("secret_file", "tệp phải chứa 24 đến 64 byte dạng base64 (\"whsec_…\")", `must name a file that holds 24 to 64 bytes in base64 ("whsec_…")`)
		}
		out = append(out, Webhook{Name: w.Name, URL: w.URL, Scope: w.Scope, Secret: secret})
	}
	return out, nil
}

// readSecret reads a secret; a relative name is beside the file that names it. What is no base64 is no secret.
func readSecret(beside, name string) ([]byte, error) {
	if name == "" {
		return nil, nil
	}
	if !filepath.IsAbs(name) {
		name = filepath.Join(filepath.Dir(beside), name)
	}
	text, err := input.ReadFile(name)
	if err != nil {
		return nil, err
	}
	secret, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(strings.TrimSpace(string(text)), "whsec_"))
	if err != nil {
		return nil, nil
	}
	return secret, nil
}
