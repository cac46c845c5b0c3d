//! Sending deliveries over HTTP.
