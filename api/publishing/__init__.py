"""The whole site as files: asked of the application in this process, and put into a folder."""
