"""Training: data, augmentation, the loop with checkpoints, fine-tuning."""
