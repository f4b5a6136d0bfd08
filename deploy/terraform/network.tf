resource "aws_security_group" "balancer" {
  name_prefix = "pgweir-${var.name}-nlb-"
  description = "Clients of pgweir"
  vpc_id      = var.vpc_id
  tags        = local.tags

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_vpc_security_group_ingress_rule" "clients" {
  for_each = toset(var.client_cidr_blocks)

  security_group_id = aws_security_group.balancer.id
  cidr_ipv4         = each.value
  ip_protocol       = "tcp"
  from_port         = var.listener_port
  to_port           = var.listener_port
}

resource "aws_vpc_security_group_egress_rule" "balancer" {
  for_each = toset([tostring(local.port), tostring(local.admin_port)])

  security_group_id            = aws_security_group.balancer.id
  referenced_security_group_id = aws_security_group.task.id
  ip_protocol                  = "tcp"
  from_port                    = tonumber(each.value)
  to_port                      = tonumber(each.value)
}

resource "aws_security_group" "task" {
  name_prefix = "pgweir-${var.name}-"
  description = "pgweir"
  vpc_id      = var.vpc_id
  tags        = local.tags

  lifecycle {
    create_before_destroy = true
  }
}

# The admin side too, for /readyz: all else there wants the token.
resource "aws_vpc_security_group_ingress_rule" "task" {
  for_each = toset([tostring(local.port), tostring(local.admin_port)])

  security_group_id            = aws_security_group.task.id
  referenced_security_group_id = aws_security_group.balancer.id
  ip_protocol                  = "tcp"
  from_port                    = tonumber(each.value)
  to_port                      = tonumber(each.value)
}

resource "aws_vpc_security_group_ingress_rule" "admin" {
  # By number: the groups may be made in the same apply.
  for_each = { for index, id in var.admin_security_group_ids : tostring(index) => id }

  security_group_id            = aws_security_group.task.id
  referenced_security_group_id = each.value
  ip_protocol                  = "tcp"
  from_port                    = local.admin_port
  to_port                      = local.admin_port
}

resource "aws_vpc_security_group_egress_rule" "database" {
  security_group_id            = aws_security_group.task.id
  referenced_security_group_id = var.database_security_group_id
  ip_protocol                  = "tcp"
  from_port                    = var.database_port
  to_port                      = var.database_port
}

# CloudWatch Logs, Secrets Manager, the registry.
resource "aws_vpc_security_group_egress_rule" "https" {
  security_group_id = aws_security_group.task.id
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
}

resource "aws_vpc_security_group_ingress_rule" "database" {
  security_group_id            = var.database_security_group_id
  referenced_security_group_id = aws_security_group.task.id
  ip_protocol                  = "tcp"
  from_port                    = var.database_port
  to_port                      = var.database_port
  description                  = "pgweir ${var.name}"
}

resource "aws_lb" "this" {
  name                             = "pgweir-${var.name}"
  internal                         = true
  load_balancer_type               = "network"
  subnets                          = var.subnet_ids
  security_groups                  = [aws_security_group.balancer.id]
  enable_cross_zone_load_balancing = true
  tags                             = local.tags
}

# TCP: TLS passes through, and ends at pgweir. PostgreSQL asks for it in a message of its own, which a TLS listener does not speak.
resource "aws_lb_target_group" "this" {
  name                 = "pgweir-${var.name}"
  port                 = local.port
  protocol             = "TCP"
  target_type          = "ip"
  vpc_id               = var.vpc_id
  preserve_client_ip   = true
  deregistration_delay = var.drain_seconds + 30
  tags                 = local.tags

  health_check {
    protocol            = "HTTP"
    port                = local.admin_port
    path                = "/readyz"
    matcher             = "200"
    interval            = 10
    timeout             = 5
    healthy_threshold   = 2
    unhealthy_threshold = 2
  }

  # Sessions of a target that turns unhealthy are not cut: pgweir ends them itself, or they live.
  target_health_state {
    enable_unhealthy_connection_termination = false
  }
}

resource "aws_lb_listener" "this" {
  load_balancer_arn        = aws_lb.this.arn
  port                     = var.listener_port
  protocol                 = "TCP"
  tcp_idle_timeout_seconds = 6000
  tags                     = local.tags

  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.this.arn
  }
}
