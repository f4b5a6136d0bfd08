data "aws_region" "current" {}

data "aws_partition" "current" {}

locals {
  admin_port = 8009
  # As the task's user may listen: what clients see is the load balancer's.
  port      = 6432
  namespace = "pgweir/${var.name}"
  tags      = merge({ Application = "pgweir", Name = "pgweir-${var.name}" }, var.tags)

  listener_tls = var.tls.mode == "disable" ? {} : {
    tls = { mode = var.tls.mode, cert = "/var/lib/pgweir/tls/cert.pem", key = "/var/lib/pgweir/tls/key.pem" }
  }

  server_tls = merge({ mode = var.server_tls_mode }, var.server_ca == "" ? {} : { ca = var.server_ca })

  # @host@ is replaced at the start: each task has log streams of its own, and makes them.
  configuration = merge({
    version = 1
    clusters = {
      (var.name) = { nodes = var.nodes, tls = local.server_tls, drain = { deadline = "${var.drain_seconds}s" } }
    }
    listeners = [
      merge({ name = var.name, listen = "0.0.0.0:${local.port}", cluster = var.name }, local.listener_tls)
    ]
    audit = {
      spool = { dir = "/var/lib/pgweir/spool", max-bytes = "8GiB" }
      sinks = [
        {
          cloudwatch-logs = {
            region  = data.aws_region.current.name
            group   = aws_cloudwatch_log_group.audit.name
            stream  = "@host@"
            metrics = { group = aws_cloudwatch_log_group.metrics.name, stream = "@host@", namespace = local.namespace, dimensions = ["listener"] }
          }
        }
      ]
    }
    limits = { keepalive = { idle = "60s", interval = "10s", count = 6 } }
    admin  = { listen = "0.0.0.0:${local.admin_port}", token-file = "/var/lib/pgweir/admin-token" }
    log    = { format = "json" }
  }, var.configuration)
}
