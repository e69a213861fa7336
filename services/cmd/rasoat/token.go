package main

import (
	"cmp"
	"context"
	"errors"
	"io/fs"
	"os"
	"strings"
	"time"

	"github.com/rasoat/rasoat/services/internal/access"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/internal/rpc"
	"github.com/spf13/cobra"
	"google.golang.org/grpc"
)

// credential is the token that a command's calls carry: that of --token, of RASOAT_TOKEN, or of the file RASOAT_TOKEN_FILE; none when there is none.
// It fails with Invalid for a file that cannot be read, and with Unauthenticated for what cannot be a token.
func (a *app) credential() ([]grpc.DialOption, error) {
	token, err := access.Clean(cmp.Or(a.token, os.Getenv("RASOAT_TOKEN")))
	file := os.Getenv("RASOAT_TOKEN_FILE")
	switch {
	case err != nil:
		return nil, err
	case token != "":
		return []grpc.DialOption{rpc.WithToken(access.Fixed(token))}, nil
	case file == "":
		return nil, nil
	}
	source := access.File(file)
	if _, err := source(context.Background()); err != nil {
		why := fault.Worded(err).Text
		return nil, fault.New(fault.Invalid, "rasoat.token", "RASOAT_TOKEN_FILE: "+why.Vi, "RASOAT_TOKEN_FILE: "+why.En)
	}
	return []grpc.DialOption{rpc.WithToken(source)}, nil
}

// issuing is what the token command was told.
type issuing struct {
	key, issuer, role, subject string
	scopes                     []string
	good                       time.Duration
}

func (a *app) tokenCommand() *cobra.Command {
	var w issuing
	names := make([]string, len(access.Roles))
	for i, r := range access.Roles {
		names[i] = string(r)
	}
	c := &cobra.Command{
		Use:   "token",
		Short: "Cấp mã truy cập cho một tài khoản / Issue a token for an account",
		Long: `Cấp mã truy cập (token) bằng khoá riêng, rồi in ra. Mã nói ai gọi (--subject), với vai trò nào (--role), trên phạm vi nào (--scope) và đến bao giờ
(--for); tài khoản được ghi vào các quyết định. Ai giữ khoá này đều có thể là bất cứ ai: giữ khoá như giữ dấu. Hệ thống lớn dùng nhà cung cấp định danh
thay cho lệnh này.

Issues a token with a secret key and prints it. A token says who calls (--subject), in which role (--role), on what (--scope) and until when (--for);
the account stands in decisions. Whoever has the key can be anybody: keep it as you keep a seal. Large systems have an identity provider in the place of
this command.

--role: ` + strings.Join(names, ", ") + `
--scope: "*" cả nước / the nation, "01" tỉnh / a province, "01/01000701" trường / a school; may be given several times

` + exitCodes,
		Example: `  rasoat token --key rasoat-data/access.key --role province --scope 01 --subject lan --for 24h
  export RASOAT_TOKEN=$(rasoat token --key rasoat-data/access.key --role school --scope 01/01000701 --subject minh --for 8h)`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return a.issue(c, w) },
	}
	f := c.Flags()
	f.StringVar(&w.key, "key", "", "PEM file of the secret key, Ed25519 or ECDSA P-256 (required)")
	f.StringVar(&w.issuer, "issuer", access.DefaultIssuer, "name of the issuer, as the services are told by --access-issuer")
	f.StringVar(&w.role, "role", "", "role of the account (required)")
	f.StringSliceVar(&w.scopes, "scope", nil, "what the account may act on (required)")
	f.StringVar(&w.subject, "subject", "", "the account (required)")
	f.DurationVar(&w.good, "for", 12*time.Hour, "how long the token is good")
	return c
}

func (a *app) issue(c *cobra.Command, w issuing) error {
	if w.key == "" || w.role == "" || len(w.scopes) == 0 || w.subject == "" {
		return usage(c, "Thiếu --key, --role, --scope hoặc --subject", "--key, --role, --scope or --subject is missing")
	}
	issuer, err := access.ReadIssuer(w.issuer, w.key)
	if errors.Is(err, fs.ErrNotExist) {
		return noKey(w.key)
	}
	if err != nil {
		return err
	}
	expires := time.Now().Add(w.good)
	token, err := issuer.Issue(access.Caller{Subject: w.subject, Role: access.Role(w.role), Scopes: w.scopes}, w.good)
	if err != nil {
		return err
	}
	if a.json {
		return a.printJSON(struct {
			Token   string    `json:"token"`
			Expires time.Time `json:"expires"`
		}{token, expires.Truncate(time.Second)})
	}
	a.printf("%s\n", token)
	return nil
}

// noKey says that there is no key where one was named, and where the keys of the demo and of a system of one process are.
func noKey(file string) error {
	const usual = "rasoat-data/access.key"
	vi, en := "Không có tệp khoá "+file+".", "There is no key file "+file+"."
	if _, err := os.Stat(usual); err == nil && file != usual {
		vi, en = vi+" Ở đây có "+usual+": dùng --key "+usual+".", en+" There is one here: use --key "+usual+"."
	} else {
		vi += " make demo và rasoat-standalone up giữ khoá trong thư mục dữ liệu của chúng và in tên thư mục khi bắt đầu: " + usual +
			" của thư mục đang đứng, hoặc access.key của thư mục nêu ở --data."
		en += " make demo and rasoat-standalone up keep it in their data folder, whose name they print when they start: " + usual +
			" below the working folder, or access.key in the folder of --data."
	}
	return fault.New(fault.Invalid, "rasoat.token", vi, en)
}
