variable "name" {
  description = "Of everything that is made, and of the listener and the cluster in pgweir's configuration."
  type        = string

  validation {
    condition     = can(regex("^[a-z]([a-z0-9-]{0,22}[a-z0-9])?$", var.name))
    error_message = "At most 24 lower-case letters, digits and hyphens; the last one no hyphen."
  }
}

variable "image" {
  description = "With tag or digest; of both architectures, or of var.architecture."
  type        = string
}

variable "architecture" {
  type    = string
  default = "ARM64"

  validation {
    condition     = contains(["ARM64", "X86_64"], var.architecture)
    error_message = "ARM64 or X86_64."
  }
}

variable "vpc_id" {
  type = string
}

variable "subnet_ids" {
  description = "Private subnets, of several zones."
  type        = list(string)

  validation {
    condition     = length(var.subnet_ids) >= 2
    error_message = "At least two, or one zone takes all of it down."
  }
}

variable "nodes" {
  description = "Endpoints of the RDS instances, or of the Aurora cluster, as host:port, by RDS's own names: never the name of var.record."
  type        = list(string)

  validation {
    condition     = length(var.nodes) > 0 && alltrue([for node in var.nodes : can(regex("^[^:]+:[0-9]+$", node))])
    error_message = "At least one host:port."
  }
}

variable "database_security_group_id" {
  description = "Of the databases: a rule is added that lets pgweir in."
  type        = string
}

variable "database_port" {
  type    = number
  default = 5432
}

variable "client_cidr_blocks" {
  description = "Where clients come from."
  type        = list(string)
}

variable "admin_security_group_ids" {
  description = "Who may reach the admin side of tasks, with the token: Prometheus, a bastion for `pgweir sessions`."
  type        = list(string)
  default     = []
}

variable "listener_port" {
  description = "That clients connect to."
  type        = number
  default     = 5432
}

variable "record" {
  description = <<-EOT
    The name in clients' connection strings, in a private hosted zone; null makes no records. `direct` is where it pointed before, and what
    it goes back to; `share` of 255 new lookups are led to pgweir, the rest to `direct`: 0 is the roll-back, and 255 all of them.
  EOT
  default     = null
  type = object({
    zone_id = string
    name    = string
    direct  = string
    share   = optional(number, 0)
    ttl     = optional(number, 30)
  })

  validation {
    condition     = try(var.record.share >= 0 && var.record.share <= 255 && floor(var.record.share) == var.record.share, var.record == null)
    error_message = "share: 0 to 255."
  }
}

variable "tls" {
  description = <<-EOT
    disable: pgweir takes no TLS. allow, require: it does, with the certificate (key `cert`, PEM) and key (key `key`, PKCS#8 PEM) of the
    secret. The certificate must be for the record's name, by an authority that clients trust.
  EOT
  type = object({
    mode       = optional(string, "disable")
    secret_arn = optional(string, "")
  })
  default = {}

  validation {
    condition     = contains(["disable", "allow", "require"], var.tls.mode)
    error_message = "tls.mode: disable, allow or require."
  }

  validation {
    condition     = var.tls.mode == "disable" || var.tls.secret_arn != ""
    error_message = "tls.secret_arn is needed."
  }
}

variable "server_tls_mode" {
  description = "Of connections to the databases; RDS's authorities are not among the JDK's, so verify-full needs an image that brings them, and var.server_ca."
  type        = string
  default     = "require"

  validation {
    condition     = contains(["disable", "prefer", "require", "verify-ca", "verify-full"], var.server_tls_mode)
    error_message = "disable, prefer, require, verify-ca or verify-full."
  }
}

variable "server_ca" {
  description = "A PEM file of the image: RDS's bundle of authorities."
  type        = string
  default     = ""
}

variable "admin_token_secret_arn" {
  description = "The secret whose text is the admin side's bearer token."
  type        = string
}

variable "secrets" {
  description = "More environment variables: by name, ARNs of secrets (`ARN`, or `ARN:key::` for a key of one), for {env: NAME} in the configuration."
  type        = map(string)
  default     = {}
}

variable "role_secret_arns" {
  description = "Secrets that pgweir itself reads, where `auth.verifiers` is aws-secrets-manager; `*` at the end stands for many."
  type        = list(string)
  default     = []
}

variable "kms_key_arns" {
  description = "Keys that the secrets above are encrypted with, where they are the account's own."
  type        = list(string)
  default     = []
}

variable "log_kms_key_arn" {
  description = "Of the log groups; its policy must let CloudWatch Logs use it."
  type        = string
  default     = null
}

variable "iam_database_users" {
  description = "ARNs of rds-db users that pgweir may log in as: arn:aws:rds-db:REGION:ACCOUNT:dbuser:RESOURCE/USER."
  type        = list(string)
  default     = []
}

variable "configuration" {
  description = "More of pgweir.yaml: top-level sections, which win over those that the module makes."
  type        = any
  default     = {}
}

variable "cpu" {
  type    = number
  default = 1024
}

variable "memory" {
  description = "MiB; heap and buffers take 256 each unless var.environment says otherwise (PGWEIR_HEAP, PGWEIR_DIRECT)."
  type        = number
  default     = 2048
}

variable "environment" {
  type    = map(string)
  default = {}
}

variable "tasks" {
  type = object({
    min               = optional(number, 2)
    max               = optional(number, 6)
    sessions_per_task = optional(number, 1000)
  })
  default = {}

  validation {
    condition     = var.tasks.min >= 0 && var.tasks.min <= var.tasks.max
    error_message = "min: from 0 to max."
  }
}

variable "drain_seconds" {
  description = "How long sessions of a task that stops may take to end their transaction."
  type        = number
  default     = 60

  validation {
    condition     = var.drain_seconds >= 1 && var.drain_seconds <= 90
    error_message = "1 to 90: records are written out after that, and Fargate kills after 120."
  }
}

variable "log_retention_days" {
  description = "Of the audit records in CloudWatch Logs."
  type        = number
  default     = 365
}

variable "alarm_actions" {
  description = "ARNs, of SNS topics for one."
  type        = list(string)
  default     = []
}

variable "alarms" {
  type = object({
    sessions           = optional(number, 1800)
    own_time_seconds   = optional(number, 0.005)
    spool_bytes        = optional(number, 4294967296)
    sink_lag_seconds   = optional(number, 300)
    healthy_tasks_min  = optional(number, 2)
    evaluation_periods = optional(number, 3)
  })
  default = {}
}

variable "tags" {
  type    = map(string)
  default = {}
}
