@echo off
rem Sets up what is needed and starts the office: http://127.0.0.1:8000
rem Written with care, but never yet tried on Windows. Please report what happens.
setlocal
cd /d "%~dp0"
set "PYTHON=py -3"
where py >nul 2>nul || set "PYTHON=python"
%PYTHON% -c "import sys; sys.exit(sys.version_info < (3, 11))"
if errorlevel 1 (
  echo Python 3.11 or newer is needed: https://www.python.org/downloads/
  pause
  exit /b 1
)
if not exist .venv\Scripts\python.exe (
  %PYTHON% -m venv .venv || goto failed
)
.venv\Scripts\python.exe -m pip install -q --disable-pip-version-check -r requirements.txt || goto failed
.venv\Scripts\python.exe -m flask --app app serve || goto failed
exit /b 0

:failed
echo It did not start. The lines above say why.
pause
exit /b 1
