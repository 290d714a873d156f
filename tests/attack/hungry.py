"""A program that wants a gigabyte."""


def main() -> None:
    bytearray(1 << 30)
