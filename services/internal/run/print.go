package run

import (
	"io"
	"regexp"
	"strings"

	"go.yaml.in/yaml/v3"
)

// writeConfig writes the settings that hold as a file for --config.
func (s *Settings) writeConfig(w io.Writer) {
	root := &yaml.Node{Kind: yaml.MappingNode}
	heading := ""
	for _, one := range s.list {
		if one.name == "" {
			heading = one.group
			continue
		}
		value := one.value.String()
		if one.tag == "!!str" {
			value = redact(value)
		}
		root.Content = append(root.Content,
			&yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: one.name, HeadComment: heading},
			&yaml.Node{Kind: yaml.ScalarNode, Tag: one.tag, Value: value, LineComment: one.from})
		heading = ""
	}
	enc := yaml.NewEncoder(w)
	_ = enc.Encode(root) // a flat mapping of scalars can be encoded
	_ = enc.Close()
}

// redacted stands in the place of a secret.
const redacted = "REDACTED"

var (
	nextURL  = regexp.MustCompile(`,\s*[a-z][a-z0-9+.-]*://`)
	scheme   = regexp.MustCompile(`^\s*,?\s*[A-Za-z][A-Za-z0-9+.-]*://`)
	inOption = regexp.MustCompile(`(?i)([?&;,:=][a-z_.]*(?:password|passphrase|secret|token|credential|apikey)[a-z_.]*[=:])[^&;,]*`)
)

// redact returns a value without the secrets of the URLs in it: passwords, a token in the place of a user, and options that hold one.
func redact(value string) string {
	if !strings.Contains(value, "://") {
		return value
	}
	var out strings.Builder
	for len(value) > 0 {
		url := value
		begin := len(scheme.FindString(value))
		if next := nextURL.FindStringIndex(value[begin:]); next != nil {
			url = value[:begin+next[0]]
		}
		out.WriteString(redactURL(url, begin))
		value = value[len(url):]
	}
	return out.String()
}

// redactURL does so for one URL, of which the first bytes are the scheme.
func redactURL(url string, begin int) string {
	head, rest := url[:begin], url[begin:]
	if at := strings.LastIndexByte(rest, '@'); at >= 0 {
		user, _, password := strings.Cut(rest[:at], ":")
		if password {
			head += user + ":"
		}
		head, rest = head+redacted, rest[at:]
	}
	return head + inOption.ReplaceAllString(rest, "${1}"+redacted)
}
