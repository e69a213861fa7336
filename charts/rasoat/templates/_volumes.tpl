{{/* The files of a service. Both take a list: the root, the name of the service. */}}
{{- define "rasoat.mounts" -}}
{{- $root := index . 0 -}}
{{- $name := index . 1 -}}
{{- $secrets := $root.Values.secrets -}}
- name: drive
  mountPath: /etc/rasoat/drive
  readOnly: true
{{- if include "rasoat.needsKey" $name }}
- name: key
  mountPath: /etc/rasoat/key
  readOnly: true
{{- end }}
{{- if not $root.Values.access.jwksURL }}
- name: access
  mountPath: /etc/rasoat/access
  readOnly: true
{{- end }}
{{- if eq $name "intake" }}
- name: token
  mountPath: /etc/rasoat/token
  readOnly: true
{{- end }}
{{- if $secrets.natsCredentials.name }}
- name: nats-credentials
  mountPath: /etc/rasoat/nats/credentials
  readOnly: true
{{- end }}
{{- if $secrets.natsTLS.name }}
- name: nats-tls
  mountPath: /etc/rasoat/nats/tls
  readOnly: true
{{- end }}
{{- if $secrets.mongodbCA.name }}
- name: mongodb-ca
  mountPath: /etc/rasoat/mongodb
  readOnly: true
{{- end }}
{{- if and (eq $name "reporting") $secrets.webhooks.name }}
- name: webhooks
  mountPath: /etc/rasoat/webhooks
  readOnly: true
{{- end }}
- name: tmp
  mountPath: /tmp
{{- end -}}

{{- define "rasoat.volumes" -}}
{{- $root := index . 0 -}}
{{- $name := index . 1 -}}
{{- $secrets := $root.Values.secrets -}}
- name: drive
  configMap:
    name: {{ include "rasoat.driveConfigMap" $root }}
    {{- if $root.Values.drive.files }}
    items:
      {{- range $path, $_ := $root.Values.drive.files }}
      - key: {{ $path | replace "/" "__" }}
        path: {{ $path }}
      {{- end }}
    {{- end }}
{{- if include "rasoat.needsKey" $name }}
- name: key
  secret:
    secretName: {{ $secrets.referenceKey.name }}
    defaultMode: 0440
    items:
      - key: {{ $secrets.referenceKey.key }}
        path: reference.key
{{- end }}
{{- if not $root.Values.access.jwksURL }}
- name: access
  secret:
    secretName: {{ $root.Values.access.keys.name }}
    defaultMode: 0440
    items:
      - key: {{ $root.Values.access.keys.key }}
        path: keys
{{- end }}
{{- if eq $name "intake" }}
- name: token
  secret:
    secretName: {{ $secrets.serviceToken.name }}
    defaultMode: 0440
    items:
      - key: {{ $secrets.serviceToken.key }}
        path: token
{{- end }}
{{- with $secrets.natsCredentials }}
{{- if .name }}
- name: nats-credentials
  secret:
    secretName: {{ .name }}
    defaultMode: 0440
    items:
      - key: {{ .key }}
        path: nats.creds
{{- end }}
{{- end }}
{{- with $secrets.natsTLS }}
{{- if .name }}
- name: nats-tls
  secret:
    secretName: {{ .name }}
    defaultMode: 0440
    items:
      {{- with .caKey }}
      - key: {{ . }}
        path: ca.crt
      {{- end }}
      {{- if .certKey }}
      - key: {{ .certKey }}
        path: tls.crt
      - key: {{ .keyKey }}
        path: tls.key
      {{- end }}
{{- end }}
{{- end }}
{{- with $secrets.mongodbCA }}
{{- if .name }}
- name: mongodb-ca
  secret:
    secretName: {{ .name }}
    defaultMode: 0440
    items:
      - key: {{ .key }}
        path: ca.crt
{{- end }}
{{- end }}
{{- if and (eq $name "reporting") $secrets.webhooks.name }}
- name: webhooks
  secret: # whole: the file names others beside itself
    secretName: {{ $secrets.webhooks.name }}
    defaultMode: 0440
{{- end }}
- name: tmp # large workbooks go through files
  emptyDir:
    sizeLimit: 256Mi
{{- end -}}
