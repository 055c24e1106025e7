"""A seeded synthetic county that lives by real actions: demonstration, load, what-if. No real people."""
