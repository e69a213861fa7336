package process

import (
	"fmt"
	"log/slog"
	"net"
	"os"
	"slices"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/rasoat/rasoat/services/internal/access"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/internal/run"
	"github.com/rasoat/rasoat/services/internal/telemetry"
)

// settings are what the operator of a service decides.
type settings struct {
	*run.Settings
	grpcListen, httpListen               string
	natsURL                              string
	natsCreds, natsCA                    string
	natsCert, natsKey                    string
	replicas                             int
	mongoURI                             string
	driveDir, keyFile                    string
	accessIssuer, accessKeys, accessJWKS string
	tokenFile                            string
	addresses                            map[string]*string // of other services, by setting
	webhooks                             string
	logLevel, logFormat                  string
	drain                                time.Duration
	rebuild, hold                        bool
}

// abouts say what each service is.
var abouts = map[string]fault.Text{
	"intake":     {Vi: "Dịch vụ tiếp nhận: nhận hồ sơ của trường, mỗi lần nộp đúng một lần, và trả biên nhận.", En: "The intake service: takes submissions of schools, each once, and answers with receipts."},
	"validation": {Vi: "Dịch vụ kiểm tra: xét từng hồ sơ theo quy định, cho ra kết luận.", En: "The validation service: judges every record by the rules, and says what is wrong."},
	"matching":   {Vi: "Dịch vụ đối khớp: đối chiếu học sinh với nhau và với CSDL dân cư.", En: "The matching service: matches pupils with each other and with the population registry."},
	"reporting":  {Vi: "Dịch vụ báo cáo: gom kết quả, trả lời cán bộ, phát hành hồ sơ đã xác thực.", En: "The reporting service: gathers what was found, answers officers, and publishes the verified records."},
}

// peers are the settings of the addresses that a service calls, with the default and what is said of it.
var peers = map[string][][3]string{
	"intake":   {{"reporting", "127.0.0.1:7246", "the reporting service, which is asked what may be corrected late"}},
	"matching": {{"registry", "127.0.0.1:7248", "the population registry"}},
	"reporting": {
		{"intake", "", "the intake service, for timelines; empty for none"},
		{"validation", "", "the validation service, for timelines; empty for none"},
		{"matching", "", "the matching service, for timelines; empty for none"},
	},
}

// needsKey names the services that work with the reference key; the others do not get it.
var needsKey = []string{"intake", "validation", "matching"}

// newSettings declares the settings that a service has.
func newSettings(service string) *settings {
	s := &run.Settings{Program: service, About: abouts[service], Prefix: "RASOAT"}
	v := &settings{Settings: s, addresses: map[string]*string{}}
	s.Group("Doors")
	s.String(&v.grpcListen, "grpc-listen", "ADDRESS", ":7246", "where gRPC listens")
	s.String(&v.httpListen, "http-listen", "ADDRESS", ":7247", "where REST, /metrics, /healthz and /readyz listen")
	s.Group("Broker")
	s.String(&v.natsURL, "nats-url", "URLS", "nats://127.0.0.1:4222", "addresses of the NATS cluster, separated by commas")
	s.String(&v.natsCreds, "nats-creds", "FILE", "", "file with the credentials for NATS (JWT and seed), in place of a user in the URL")
	s.String(&v.natsCA, "nats-ca", "FILE", "", "file with the authorities, in PEM, that NATS' certificate is checked with; turns TLS on")
	s.String(&v.natsCert, "nats-cert", "FILE", "", "file with this service's certificate for NATS, in PEM")
	s.String(&v.natsKey, "nats-key", "FILE", "", "file with the key of that certificate, in PEM")
	s.Int(&v.replicas, "replicas", 0, "copies of each stream; 0 takes the streams as they are")
	s.Group("Database")
	s.String(&v.mongoURI, "mongodb-uri", "URI", "mongodb://127.0.0.1:27017", "MongoDB, a replica set or a sharded cluster; its options set pool and timeouts")
	s.Group("Drive")
	s.String(&v.driveDir, "drive", "FOLDER", "", "folder that describes the drive; needed")
	if slices.Contains(needsKey, service) {
		s.String(&v.keyFile, "key-file", "FILE", "", "file with the reference key, at least 32 bytes in base64, the same for every service and the whole drive; needed")
	}
	s.Group("Callers")
	s.String(&v.accessIssuer, "access-issuer", "NAME", access.DefaultIssuer, "who issues the tokens: their claim iss")
	s.String(&v.accessKeys, "access-keys", "FILE", "", "file with the public keys that tokens are checked with, PEM or a JSON Web Key Set; needed, or --access-jwks")
	s.String(&v.accessJWKS, "access-jwks", "URL", "", "address of the JSON Web Key Set of the identity provider, in place of --access-keys")
	if len(peers[service]) > 0 {
		s.Group("Other services")
	}
	for _, p := range peers[service] {
		v.addresses[p[0]] = new(string)
		s.String(v.addresses[p[0]], p[0], "ADDRESS", p[1], "address of "+p[2])
	}
	switch service {
	case "intake":
		s.String(&v.tokenFile, "token-file", "FILE", "", "file with the token of this service's own calls, of the role service; read again when it changes; needed")
	case "reporting":
		s.String(&v.webhooks, "webhooks", "FILE", "", "file that lists the webhooks which reminders are sent to: name, url, scope, secret_file")
	}
	s.Group("Running")
	s.Duration(&v.drain, "drain", 25*time.Second, "how long a stop may take: what is in hand is finished, then cut")
	s.Bool(&v.rebuild, "rebuild", "before a call is answered, make the collections from the log anew; while it serves, \"rasoat rebuild\" does so")
	s.Bool(&v.hold, "hold", "run nothing and answer operators alone: for \"rasoat restore\" into an empty database")
	s.String(&v.logLevel, "log-level", "LEVEL", "info", "debug, info, warn or error")
	s.String(&v.logFormat, "log-format", "FORMAT", "text", "text or json")
	s.Notes = []string{
		"OTEL_EXPORTER_OTLP_ENDPOINT exports traces (http://collector:4317).",
		"It listens at once and waits for the broker and the database. /readyz says for what; /healthz says that it lives.\n" +
			"SIGTERM or Ctrl-C stops it in order, within --drain; a second one kills.",
	}
	s.Examples = []string{
		service + " --config /etc/rasoat/" + service + ".yaml",
		"RASOAT_MONGODB_URI=mongodb://" + service + ":SECRET@db/?replicaSet=rs0 " + service + " --config /etc/rasoat/" + service + ".yaml --print-config",
		service + " --nats-url tls://nats-1:4222,tls://nats-2:4222 --nats-creds " + service + ".creds --nats-ca ca.pem --drive deploy/drives/2022-2023-12 --access-keys access.pub",
	}
	return v
}

// check fails with Invalid for what cannot be, whatever the surroundings are, and names the setting.
func (v *settings) check() error {
	wrong := func(name, vi, en string) error { return v.Wrong(name, fault.New(fault.Invalid, "", vi, en)) }
	for name, addr := range map[string]string{"grpc-listen": v.grpcListen, "http-listen": v.httpListen} {
		if _, _, err := net.SplitHostPort(addr); addr != "" && err != nil {
			return wrong(name, "Phải có dạng máy:cổng hoặc :cổng.", "it looks like host:port or :port")
		}
	}
	switch {
	case v.grpcListen == "":
		return wrong("grpc-listen", "Thiếu địa chỉ gRPC.", "it is needed: gRPC is how the services are called")
	case v.replicas < 0 || v.replicas > 5:
		return wrong("replicas", "Số bản sao từ 0 đến 5.", "it has to be from 0 to 5")
	case v.drain < time.Second:
		return wrong("drain", "Phải từ 1 giây trở lên.", "it has to be a second or more")
	case v.driveDir == "":
		return wrong("drive", "Thiếu thư mục của đợt rà soát.", "the folder of the drive is missing")
	case v.keyFile == "" && slices.Contains(needsKey, v.Program):
		return wrong("key-file", "Thiếu tệp khoá.", "the file of the reference key is missing: make one with \"openssl rand -base64 32\"")
	case v.accessIssuer == "":
		return wrong("access-issuer", "Thiếu bên phát hành mã truy cập.", "it is needed: no call is answered without knowing who issues tokens")
	case (v.accessKeys == "") == (v.accessJWKS == ""):
		return wrong("access-keys", "Cần đúng một trong hai: --access-keys hoặc --access-jwks.",
			"exactly one of --access-keys and --access-jwks is needed: no call is answered without keys to check its token")
	case v.tokenFile == "" && v.Program == "intake":
		return wrong("token-file", "Thiếu mã truy cập của dịch vụ này khi hỏi dịch vụ báo cáo.", "intake asks reporting with a token of its own, of the role service")
	}
	return nil
}

// verifier reads the keys that tokens are checked with.
func (v *settings) verifier() (*access.Verifier, error) {
	if v.accessJWKS != "" {
		return access.FromURL(v.accessIssuer, v.accessJWKS), nil
	}
	verifier, err := access.FromFile(v.accessIssuer, v.accessKeys)
	if err != nil {
		return nil, v.Wrong("access-keys", err)
	}
	return verifier, nil
}

// telemetry returns the settings of log and traces.
func (v *settings) telemetry() (telemetry.Config, error) {
	cfg := telemetry.Config{Service: "rasoat-" + v.Program, OTLPEndpoint: os.Getenv("OTEL_EXPORTER_OTLP_ENDPOINT"), LogFormat: v.logFormat}
	var level slog.Level
	if err := level.UnmarshalText([]byte(v.logLevel)); err != nil {
		return cfg, v.Wrong("log-level", fault.New(fault.Invalid, "", "Phải là debug, info, warn hoặc error.", "it has to be debug, info, warn or error"))
	}
	if v.logFormat != "text" && v.logFormat != "json" {
		return cfg, v.Wrong("log-format", fault.New(fault.Invalid, "", "Phải là text hoặc json.", "it has to be text or json"))
	}
	cfg.LogLevel = level
	return cfg, nil
}

// nats returns the options of the connection. It fails with Invalid, and names the setting, when a file cannot be used.
func (v *settings) nats() ([]nats.Option, error) {
	var out []nats.Option
	if v.natsCreds != "" {
		if _, err := os.Stat(v.natsCreds); err != nil {
			return nil, v.Wrong("nats-creds", err)
		}
		out = append(out, nats.UserCredentials(v.natsCreds))
	}
	if v.natsCA != "" {
		ca := nats.RootCAs(v.natsCA)
		if err := ca(&nats.Options{}); err != nil {
			return nil, v.Wrong("nats-ca", err)
		}
		out = append(out, ca)
	}
	switch {
	case v.natsKey != "" && v.natsCert == "":
		return nil, v.Wrong("nats-key", fault.New(fault.Invalid, "", "Thiếu --nats-cert.", "it is of no use without --nats-cert"))
	case v.natsCert != "" && v.natsKey == "":
		return nil, v.Wrong("nats-cert", fault.New(fault.Invalid, "", "Thiếu --nats-key.", "it is of no use without --nats-key"))
	case v.natsCert != "":
		cert := nats.ClientCert(v.natsCert, v.natsKey)
		if err := cert(&nats.Options{}); err != nil {
			return nil, v.Wrong("nats-cert", fmt.Errorf("with --nats-key: %w", err))
		}
		out = append(out, cert)
	}
	return out, nil
}
