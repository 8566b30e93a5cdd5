@echo off
rem hwocr_desktop on Windows, the same two lines as elsewhere:
rem   make run     opens the program with the sample pages
rem   make test    runs all tests
rem In PowerShell type .\make instead of make.
setlocal
cd /d "%~dp0"

if "%1"=="" goto help
if "%1"=="setup" goto start
if "%1"=="run" goto start
if "%1"=="test" goto start
if "%1"=="check" goto start
if "%1"=="read" goto start
:help
echo make setup        install everything into .venv
echo make run          open the program with the sample pages
echo make test         run all tests
echo make check        check style and types
echo make read FILE    read a scan without a window
exit /b 2

:start
rem Up to date if the installed versions are those of the lock file.
if exist .venv\installed.lock (
  fc /b requirements.lock .venv\installed.lock >nul 2>nul && goto ready
)
if exist .venv\Scripts\python.exe goto install
for %%v in (3.12 3.11 3.13) do (
  if not exist .venv\Scripts\python.exe py -%%v -m venv .venv >nul 2>nul
)
if not exist .venv\Scripts\python.exe (
  echo Python 3.11, 3.12 or 3.13 is needed: install it from python.org, then try again.
  exit /b 1
)
:install
echo Installing the libraries into .venv (about 1 GB, some minutes) ...
.venv\Scripts\python -m pip install --quiet --disable-pip-version-check -r requirements.lock || exit /b 1
.venv\Scripts\python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e . || exit /b 1
copy /y requirements.lock .venv\installed.lock >nul

:ready
if "%1"=="run" .venv\Scripts\hwocr gui --sample
if "%1"=="test" .venv\Scripts\python -m pytest -n 2 --dist worksteal
if "%1"=="read" .venv\Scripts\hwocr read "%~2"
if "%1"=="check" (
  .venv\Scripts\ruff check . || exit /b 1
  .venv\Scripts\ruff format --check . || exit /b 1
  .venv\Scripts\mypy
)
exit /b %errorlevel%
