//! The ways out of the platform: mail by SMTP and webhooks of group robots.
