package redact

import "testing"

func TestURLsAreShownWithoutSecrets(t *testing.T) {
	t.Parallel()
	for url, want := range map[string]string{
		"":                         "",
		"sqlite:duro.db":           "sqlite:duro.db",
		`sqlite:C:\me@work\a.db`:   `sqlite:C:\me@work\a.db`,
		"postgres://u:secret@h/db": "postgres://u:xxxxx@h/db",
		"postgres://u@h/db":        "postgres://u@h/db",
		"postgres://u:@h/db":       "postgres://u:@h/db",
		"postgres://u:a@b@h/db?application_name=x@y": "postgres://u:xxxxx@h/db?application_name=x@y",
		"postgres://u:who?@h/db":                     "postgres://u:xxxxx@h/db",
		"postgres://h/db?user=u&password=p%20w":      "postgres://h/db?user=u&password=xxxxx",
		"postgres:host=h password=secret user=u":     "postgres:host=h password=xxxxx user=u",
		"postgres://h/db?sslpassword=a&sslmode=on":   "postgres://h/db?sslpassword=xxxxx&sslmode=on",
		"mysql:u:a/b:c@tcp(h:3306)/db":               "mysql:u:xxxxx@tcp(h:3306)/db",
		"plugin:tcp:h:1?auth_token=abc":              "plugin:tcp:h:1?auth_token=xxxxx",
	} {
		if got := Of(url).Shown; got != want {
			t.Errorf("%s is shown as %s, want %s", url, got, want)
		}
	}
}

func TestHideTakesOutWhatADriverQuotes(t *testing.T) {
	t.Parallel()
	r := Of("postgres://duro:s3cr%21t@h/db")
	for text, want := range map[string]string{
		"cannot parse postgres://duro:s3cr%21t@h/db": "cannot parse postgres://duro:xxxxx@h/db",
		"bad userinfo duro:s3cr!t@h":                 "bad userinfo duro:xxxxx@h",
		"password s3cr!t is too short":               "password xxxxx is too short",
		"user duro may not":                          "user duro may not",
	} {
		if got := r.Hide(text); got != want {
			t.Errorf("%q became %q, want %q", text, got, want)
		}
	}
	// A password that is shown anyway, as the user's name, hides nothing else.
	same := Of("postgres://duro:duro@h/duro")
	if got, want := same.Hide("duro: open postgres://duro:duro@h/duro: no"), "duro: open postgres://duro:xxxxx@h/duro: no"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestSecretsAreKnownByTheirNames(t *testing.T) {
	t.Parallel()
	for name, value := range map[string]string{
		"PGPASSWORD": "a", "auth_token": "a", "AWS_SECRET": "a", "api-key": "a", "apikey": "a", "region": "b",
		"url": "b", "password": "",
	} {
		want := value
		if value == "a" {
			want = Hidden
		}
		if got := Named(name, value); got != want {
			t.Errorf("%s=%s is shown as %q, want %q", name, value, got, want)
		}
	}
	if got := Named("url", "x://u:s3c@h"); got != "x://u:xxxxx@h" {
		t.Errorf("a URL is shown as %q", got)
	}
}
