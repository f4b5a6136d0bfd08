resource "aws_ecs_cluster" "this" {
  name = "pgweir-${var.name}"
  tags = local.tags
}

locals {
  # Fargate has no files but those of the image and of volumes: the one volume is pgweir's own.
  start = join(" && ", compact([
    "umask 077",
    "printf '%s' \"$PGWEIR_CONFIG\" | sed \"s/@host@/$HOSTNAME/g\" > /var/lib/pgweir/pgweir.yaml",
    "printf '%s' \"$PGWEIR_ADMIN_TOKEN\" > /var/lib/pgweir/admin-token",
    var.tls.mode == "disable" ? "" : "mkdir -p /var/lib/pgweir/tls",
    var.tls.mode == "disable" ? "" : "printf '%s' \"$PGWEIR_TLS_CERT\" > /var/lib/pgweir/tls/cert.pem",
    var.tls.mode == "disable" ? "" : "printf '%s' \"$PGWEIR_TLS_KEY\" > /var/lib/pgweir/tls/key.pem",
    "unset PGWEIR_CONFIG PGWEIR_ADMIN_TOKEN PGWEIR_TLS_CERT PGWEIR_TLS_KEY",
    "exec /opt/pgweir/bin/pgweir run --config /var/lib/pgweir/pgweir.yaml",
  ]))

  secrets = concat(
    [{ name = "PGWEIR_ADMIN_TOKEN", valueFrom = var.admin_token_secret_arn }],
    var.tls.mode == "disable" ? [] : [
      { name = "PGWEIR_TLS_CERT", valueFrom = "${var.tls.secret_arn}:cert::" },
      { name = "PGWEIR_TLS_KEY", valueFrom = "${var.tls.secret_arn}:key::" },
    ],
    [for name, arn in var.secrets : { name = name, valueFrom = arn }]
  )

  environment = concat(
    # JSON is YAML.
    [{ name = "PGWEIR_CONFIG", value = jsonencode(local.configuration) }],
    [for name, value in var.environment : { name = name, value = value }]
  )
}

resource "aws_ecs_task_definition" "this" {
  family                   = "pgweir-${var.name}"
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = var.cpu
  memory                   = var.memory
  execution_role_arn       = aws_iam_role.execution.arn
  task_role_arn            = aws_iam_role.task.arn
  tags                     = local.tags

  runtime_platform {
    operating_system_family = "LINUX"
    cpu_architecture        = var.architecture
  }

  ephemeral_storage {
    size_in_gib = 30
  }

  # Owned by the image's user, as its VOLUME is.
  volume {
    name = "data"
  }

  container_definitions = jsonencode([
    {
      name                   = "pgweir"
      image                  = var.image
      essential              = true
      user                   = "10001:10001"
      readonlyRootFilesystem = true
      entryPoint             = ["/bin/bash", "-ec"]
      command                = [local.start]
      environment            = local.environment
      secrets                = local.secrets
      # SIGTERM, and this long: sessions end their transaction, records are written out.
      stopTimeout  = var.drain_seconds + 30
      portMappings = [for port in [local.port, local.admin_port] : { containerPort = port, protocol = "tcp" }]
      mountPoints  = [{ sourceVolume = "data", containerPath = "/var/lib/pgweir", readOnly = false }]
      ulimits      = [{ name = "nofile", softLimit = 65535, hardLimit = 65535 }]
      linuxParameters = {
        capabilities = { drop = ["ALL"] }
      }
      # Alive: ECS ends who is not, and what is on its disk.
      healthCheck = {
        command     = ["CMD", "/opt/pgweir/bin/health", "/healthz"]
        interval    = 10
        timeout     = 3
        retries     = 3
        startPeriod = 10
      }
      logConfiguration = {
        logDriver = "awslogs"
        options = {
          awslogs-group         = aws_cloudwatch_log_group.agent.name
          awslogs-region        = data.aws_region.current.name
          awslogs-stream-prefix = "pgweir"
        }
      }
    }
  ])
}

resource "aws_ecs_service" "this" {
  name                               = "pgweir"
  cluster                            = aws_ecs_cluster.this.id
  task_definition                    = aws_ecs_task_definition.this.arn
  desired_count                      = var.tasks.min
  launch_type                        = "FARGATE"
  platform_version                   = "LATEST"
  deployment_minimum_healthy_percent = 100
  deployment_maximum_percent         = 200
  availability_zone_rebalancing      = "DISABLED"
  health_check_grace_period_seconds  = 60
  propagate_tags                     = "SERVICE"
  tags                               = local.tags

  network_configuration {
    subnets          = var.subnet_ids
    security_groups  = [aws_security_group.task.id]
    assign_public_ip = false
  }

  load_balancer {
    target_group_arn = aws_lb_target_group.this.arn
    container_name   = "pgweir"
    container_port   = local.port
  }

  deployment_circuit_breaker {
    enable   = true
    rollback = true
  }

  lifecycle {
    ignore_changes = [desired_count]
  }

  # What a task needs to become healthy, and, when all of this goes, to send its last records.
  depends_on = [
    aws_lb_listener.this,
    aws_iam_role_policy_attachment.execution,
    aws_iam_role_policy.execution,
    aws_iam_role_policy.task,
    aws_vpc_security_group_egress_rule.balancer,
    aws_vpc_security_group_ingress_rule.task,
    aws_vpc_security_group_egress_rule.https,
  ]
}

resource "aws_appautoscaling_target" "this" {
  service_namespace  = "ecs"
  scalable_dimension = "ecs:service:DesiredCount"
  resource_id        = "service/${aws_ecs_cluster.this.name}/${aws_ecs_service.this.name}"
  min_capacity       = var.tasks.min
  max_capacity       = var.tasks.max
}

# More tasks when the tasks have many sessions each; the metric has no dimension of a task, so its average is theirs.
resource "aws_appautoscaling_policy" "sessions" {
  name               = "sessions"
  policy_type        = "TargetTrackingScaling"
  service_namespace  = aws_appautoscaling_target.this.service_namespace
  scalable_dimension = aws_appautoscaling_target.this.scalable_dimension
  resource_id        = aws_appautoscaling_target.this.resource_id

  target_tracking_scaling_policy_configuration {
    target_value      = var.tasks.sessions_per_task
    scale_in_cooldown = 900

    customized_metric_specification {
      namespace   = local.namespace
      metric_name = "pgweir_sessions_open"
      statistic   = "Average"
    }
  }
}
